import AtomicFiles
import Workspace

/// The keys of settings files: our own, and what becomes of RecBole's others.
enum RunSettingKeys {
  /// The settings of a run under their own names.
  static let own = Set(RunSettings().keyValues.map(\.key))

  /// Those of the data, which are read together.
  static let data = Set(DataSettings.keys).union(DataSettings.loose)

  /// Those that may have a list.
  static let lists: Set<String> = ["memory_relations", "held_out_users", "metrics", "topk"]

  /// Other spellings of the same, read by ``RunSettings/apply(_:)``.
  static let spellings: Set<String> = [
    "eval_args", "learner", "train_neg_sample_args", "neg_sampling",
    "training_neg_sample_distribution",
  ]

  /// Understood but not needed: what the files say by themselves, names inside RecBole, and how it
  /// runs, none of which changes a result here.
  static let notNeeded: Set<String> = [
    // Names of columns that RecBole makes.
    "RATING_FIELD", "LABEL_FIELD", "NEG_PREFIX", "LIST_SUFFIX", "ITEM_LIST_LENGTH_FIELD",
    "POSITION_FIELD",
    // Where things are and how to run.
    "model", "dataset", "data_path", "checkpoint_dir", "config_file_list", "use_gpu", "gpu_id",
    "device", "nproc", "world_size", "local_rank", "offset", "ip", "port", "worker",
    "single_spec", "enable_amp", "enable_scaler", "require_pow", "reproducibility", "state",
    "show_progress",
    "log_wandb", "wandb_project", "save_dataset", "dataset_save_path", "save_dataloaders",
    "dataloaders_save_path", "shuffle", "eval_batch_size", "valid_metric_bigger",
    "metric_decimal_place", "loss_decimal_place", "repeatable", "eval_type", "MODEL_TYPE",
    "MODEL_INPUT_TYPE",
  ]

  /// What can only be as it is.
  static let fixed: [String: String] = ["encoding": "utf-8"]

  /// RecBole's settings of the data that have no effect, each with the values that ask for none.
  static let withoutEffect: [String: [SettingValue]] = [
    "normalize_field": [], "normalize_all": [.bool(false)], "discretization": [],
    "numerical_features": [.list([])], "transform": [], "SOURCE_ID_FIELD": [],
    "TARGET_ID_FIELD": [],
  ]

  static let all = own.union(spellings).union(notNeeded).union(fixed.keys)
    .union(withoutEffect.keys).union(DataSettings.loose)
}
