import AtomicFiles

/// The keys of settings files: our own, and what becomes of RecBole's others.
enum RunSettingKeys {
  /// The settings of a run under their own names.
  static let own = Set(RunSettings().keyValues.map(\.key))

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
    // Which columns of which files to load, and which of them name the same things.
    "load_col", "unload_col", "unused_col", "additional_feat_suffix", "preload_weight",
    "fields_in_same_space", "alias_of_user_id", "alias_of_item_id", "alias_of_entity_id",
    "alias_of_relation_id",
    // The keys under load_col and preload_weight where the page of KSR lost their first lines.
    "inter", "kg", "link", "user", "item", "ent_feature", "rel_feature", "ent_id", "rel_id",
    // Names of columns that RecBole makes.
    "RATING_FIELD", "LABEL_FIELD", "NEG_PREFIX", "LIST_SUFFIX", "ITEM_LIST_LENGTH_FIELD",
    "POSITION_FIELD",
    // Where things are and how to run.
    "model", "dataset", "data_path", "checkpoint_dir", "config_file_list", "use_gpu", "gpu_id",
    "device", "nproc", "world_size", "local_rank", "offset", "ip", "port", "worker",
    "single_spec", "enable_amp", "enable_scaler", "reproducibility", "state", "show_progress",
    "log_wandb", "wandb_project", "save_dataset", "dataset_save_path", "save_dataloaders",
    "dataloaders_save_path", "shuffle", "eval_batch_size", "valid_metric_bigger",
    "metric_decimal_place", "loss_decimal_place", "repeatable", "eval_type", "MODEL_TYPE",
    "MODEL_INPUT_TYPE",
  ]

  /// What can only be as it is: the names and separators of atomic files.
  static let fixed: [String: String] = [
    "USER_ID_FIELD": "user_id", "ITEM_ID_FIELD": "item_id", "TIME_FIELD": "timestamp",
    "HEAD_ENTITY_ID_FIELD": "head_id", "TAIL_ENTITY_ID_FIELD": "tail_id",
    "RELATION_ID_FIELD": "relation_id", "ENTITY_ID_FIELD": "entity_id",
    "field_separator": "\t", "seq_separator": " ", "encoding": "utf-8",
  ]

  /// RecBole's settings of the data that have no effect, each with the values that ask for none.
  static let withoutEffect: [String: [SettingValue]] = [
    "val_interval": [], "threshold": [], "normalize_field": [], "normalize_all": [.bool(false)],
    "user_inter_num_interval": [.string("[0,inf)")],
    "item_inter_num_interval": [.string("[0,inf)")],
    "entity_kg_num_interval": [.string("[0,inf)")],
    "relation_kg_num_interval": [.string("[0,inf)")],
    "kg_reverse_r": [.bool(false)], "rm_dup_inter": [],
    "filter_inter_by_user_or_item": [.bool(true)], "benchmark_filename": [], "seq_len": [],
    "discretization": [], "numerical_features": [.list([])], "transform": [],
    "SOURCE_ID_FIELD": [], "TARGET_ID_FIELD": [],
  ]

  /// All of them.
  static let all = own.union(spellings).union(notNeeded).union(fixed.keys)
    .union(withoutEffect.keys)
}
