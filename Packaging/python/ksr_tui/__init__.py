"""ksr and ksr-tui from Python: thin calls of the programs that return what they print as JSON.

    import ksr_tui
    run = ksr_tui.train("ml-100k", "ksr.safetensors", epochs=30, memory="none")
    ksr_tui.evaluate("ksr.safetensors", "ml-100k")
    ksr_tui.open("ksr.safetensors", "ml-100k")

Settings are keyword arguments under RecBole's names. Lists of records come as pandas' DataFrames where
pandas is installed; frames=False gives plain lists. What goes wrong is an Error with the program's
sentence. There is no model code here.
"""

import builtins
import csv
import json
import os
import shutil
import struct
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

__all__ = [
    "train",
    "embed",
    "evaluate",
    "recommend",
    "explain",
    "check",
    "open",
    "convert",
    "program",
    "Error",
]

# What RecBole's configuration says about the data and the network; the rest is about its own run.
_SETTINGS = (
    """USER_ID_FIELD ITEM_ID_FIELD TIME_FIELD ENTITY_ID_FIELD RELATION_ID_FIELD HEAD_ENTITY_ID_FIELD
TAIL_ENTITY_ID_FIELD field_separator seq_separator seq_len load_col unload_col unused_col alias_of_user_id
alias_of_item_id alias_of_entity_id alias_of_relation_id fields_in_same_space preload_weight
additional_feat_suffix benchmark_filename rm_dup_inter val_interval filter_inter_by_user_or_item
user_inter_num_interval item_inter_num_interval entity_kg_num_interval relation_kg_num_interval
kg_reverse_r threshold eval_args MAX_ITEM_LIST_LENGTH embedding_size kg_embedding_size hidden_size
num_layers dropout_prob freeze_kg gamma loss_type""".split()
)
# The same as attributes of RecBole's models, for a model without its configuration.
_ATTRIBUTES = {
    "gamma": "gamma",
    "loss_type": "loss_type",
    "freeze_kg": "freeze_kg",
    "num_layers": "num_layers",
    "MAX_ITEM_LIST_LENGTH": "max_seq_length",
}


class Error(RuntimeError):
    """What a program said when it failed; status is its exit status."""

    def __init__(self, message, status):
        super().__init__(message)
        self.status = status


def program(name="ksr"):
    """The path of ksr or ksr-tui: of this package, else of PATH."""
    here = Path(__file__).resolve()
    # A folder of pip --target, or the tarball; then the environment, the user's own, and PATH.
    folders = [parent / "bin" for parent in here.parents[1:5]]
    folders.append(Path(sysconfig.get_path("scripts")))
    if "posix_user" in sysconfig.get_scheme_names():
        folders.append(Path(sysconfig.get_path("scripts", "posix_user")))
    for folder in folders:
        if os.access(folder / name, os.X_OK):
            return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise Error(f"{name} was found neither beside this package nor in PATH", 127)
    return found


def train(
    data,
    output,
    *,
    config=(),
    recbole_defaults=False,
    resume=None,
    threads=None,
    log=None,
    frames=True,
    **settings,
):
    """Trains a model. Returns the last event of `ksr train --log-json`, with the history of all epochs.

    log is called with each event, a dictionary; the default prints notes and epochs to stderr.
    """
    words = ["train", "--data", data, "--output", output, "--log-json"]
    words += _config(config) + _settings(settings)
    words += ["--recbole-defaults"] if recbole_defaults else []
    words += _option("resume", resume) + _option("threads", threads)
    last, sentence = {}, ""
    with subprocess.Popen(
        [program(), *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            for line in process.stderr:
                try:
                    event = json.loads(line)
                except ValueError:
                    sentence = line.strip()
                    continue
                if event["event"] in ("end", "stopped"):
                    last = event
                if event["event"] == "error":
                    sentence = event["text"]
                (log or _print)(event)
        except BaseException:
            process.terminate()
            raise
    if process.returncode not in (0, 130):
        raise _error(sentence, process.returncode)
    with io_open(f"{output}.history.csv", newline="") as file:
        history = [
            {name: _number(text) for name, text in row.items()} for row in csv.DictReader(file)
        ]
    return _shaped({**last, "history": history}, frames)


def embed(data, *, config=(), frames=True, **settings):
    """Trains TransE on the graph, writes the vectors, and returns how well they answer."""
    return _json(
        ["embed", "--data", data, "--json", *_config(config), *_settings(settings)], frames
    )


def evaluate(
    model,
    data,
    *,
    against=(),
    metrics=None,
    mode=None,
    mask_history=False,
    diagnose=False,
    explanations=False,
    frames=True,
):
    """Metrics of a model, of baselines and of other models, with intervals and paired differences."""
    words = ["evaluate", model, "--data", data, "--json"]
    for other in [against] if isinstance(against, (str, os.PathLike)) else against:
        words += ["--against", other]
    words += _option(
        "metrics", metrics if metrics is None or isinstance(metrics, str) else ",".join(metrics)
    )
    words += _option("mode", mode)
    words += ["--mask-history"] if mask_history else []
    words += ["--diagnose"] if diagnose else []
    words += ["--explanations"] if explanations else []
    return _json(words, frames)


def recommend(
    model,
    data,
    *,
    user=None,
    items=None,
    step=None,
    edit=None,
    top=None,
    hide_seen=False,
    frames=True,
):
    """Recommendations after a user's history or after items; without either, for every user."""
    words = ["recommend", model, "--data", data]
    words += _option("user", user) + _option("items", _list(items)) + _option("step", step)
    words += ["--edit=" + edit] if edit else []
    words += _option("top", top) + (["--hide-seen"] if hide_seen else [])
    if user is not None or items is not None:
        return _json([*words, "--json"], frames)
    lines = _run([*words, "--all-users", "--format", "jsonl"]).splitlines()
    rows = []
    for line in map(json.loads, lines):
        person = {name: value for name, value in line.items() if name != "recommendations"}
        rows += [{**person, **place} for place in line["recommendations"]]
    return _shaped(rows, frames)


def explain(model, data, *, user=None, items=None, step=None, edit=None, item=None, frames=True):
    """Why an item: what each step and each relation bring to its score."""
    words = ["explain", model, "--data", data, "--format", "json"]
    words += _option("user", user) + _option("items", _list(items)) + _option("step", step)
    words += ["--edit=" + edit] if edit else []
    words += _option("item", item)
    return _json(words, frames)


def check(data, *, model=None, config=(), frames=True):
    """What is wrong with a data set, or with a model that was trained on it."""
    words = ["check", "--data", data, *_option("model", model), "--json"]
    return _json([*words, *_config(config)], frames)


def open(model=None, data=None, *options, config=None):
    """Opens the explorer in this terminal, on a model file, a checkpoint, or a model in memory.

    model may be RecBole's KSR or GRU4Rec, or the trainer that holds one. options are further words for
    ksr-tui, such as "--demo".
    """
    terminal = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    words = [
        program("ksr-tui"),
        *(["--data", str(data)] if data is not None else []),
        *map(str, options),
    ]
    if model is None or isinstance(model, (str, os.PathLike)):
        words += [os.fspath(model)] if model is not None else []
        if not terminal and "--print" not in options:
            raise Error("the explorer needs a terminal; enter there: " + _shell(words), 1)
        return _wait(words)
    if not terminal and "--print" not in options:
        raise Error(
            "the explorer needs a terminal. Keep the model with ksr_tui.convert(model, data, FILE) and"
            " open it there with: ksr-tui FILE --data " + str(data),
            1,
        )
    with tempfile.TemporaryDirectory(prefix="ksr-tui-") as folder:
        return _wait(
            [*words, convert(model, data, Path(folder, "model.safetensors"), config=config)]
        )


def convert(model, data, output, *, config=None):
    """Makes a model file of RecBole's KSR or GRU4Rec in memory, or of its trainer; returns its path.

    data is the folder that it was trained on. config is RecBole's configuration or a dictionary; a
    trainer has its own.
    """
    if config is None:
        config = getattr(model, "config", None)
    if not hasattr(model, "state_dict"):
        model = model.model
    values = getattr(config, "final_config_dict", config) or {}
    settings = {
        key: getattr(model, name, None)
        for key, name in _ATTRIBUTES.items()
        if _is_plain(getattr(model, name, None))
    }
    settings.update(
        {key: values[key] for key in _SETTINGS if key in values and _is_plain(values[key])}
    )
    tensors = dict(model.state_dict())
    relations = getattr(model, "relation_Matrix", None)
    if relations is not None:
        tensors.setdefault("relation_Matrix", relations)
    with tempfile.TemporaryDirectory(prefix="ksr-tui-") as folder:
        state, written = Path(folder, "state.safetensors"), Path(folder, "settings.yaml")
        _write_tensors(tensors, state)
        # JSON is YAML.
        written.write_text(
            json.dumps({key: value for key, value in settings.items() if value is not None})
        )
        _run(
            [
                "import",
                "--state-dict",
                state,
                "--data",
                data,
                "--config",
                written,
                "--output",
                output,
            ]
        )
    return str(output)


# Help


io_open = builtins.open


def _run(words):
    done = subprocess.run(
        [program(), *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    if done.returncode != 0:
        raise _error(done.stderr.strip(), done.returncode)
    return done.stdout


def _json(words, frames):
    return _shaped(json.loads(_run(words)), frames)


def _wait(words):
    done = subprocess.run(words)
    if done.returncode != 0:
        raise Error(f"ksr-tui ended with status {done.returncode}", done.returncode)


def _error(text, status):
    sentence = text.split("\nksr: ")[-1]
    return Error(sentence[5:] if sentence.startswith("ksr: ") else sentence, status)


def _option(name, value):
    return [] if value is None else ["--" + name, str(value)]


def _list(items):
    if items is None or isinstance(items, str):
        return items
    return ",".join(str(item).replace(",", "%2C") for item in items)


def _config(files):
    files = [files] if isinstance(files, (str, os.PathLike)) else list(files)
    return ["--config", *files] if files else []


def _settings(settings):
    words = []
    for key, value in settings.items():
        text = value if isinstance(value, str) else "none" if value is None else json.dumps(value)
        words += ["--set", f"{key}={text}"]
    return words


def _print(event):
    if event["event"] == "epoch":
        metrics = "  ".join(
            f"{name} {value:.4f}" for name, value in event.get("metrics", {}).items()
        )
        print(f"epoch {event['epoch']}  loss {event['loss']:.4f}  {metrics}", file=sys.stderr)
    elif "text" in event and event["event"] != "error":
        print(event["text"], file=sys.stderr)


def _number(text):
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text


def _shaped(value, frames):
    """Lists of records as DataFrames, if they are wanted and pandas is there."""
    if not frames:
        return value
    try:
        import pandas
    except ImportError:
        return value

    def shape(value):
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            # What has tables of its own stays a list.
            if any(
                isinstance(cell, list) and cell and isinstance(cell[0], dict)
                for row in value
                for cell in row.values()
            ):
                return [shape(row) for row in value]
            return pandas.json_normalize(value)
        if isinstance(value, dict):
            return {name: shape(part) for name, part in value.items()}
        return value

    return shape(value)


def _is_plain(value):
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(part) for key, part in value.items())
    return isinstance(value, (str, int, float, bool)) or value is None


def _write_tensors(tensors, path):
    """safetensors: the length of a header in JSON, the header, and the numbers, all 32-bit floats."""
    header, parts, offset = {}, [], 0
    for name, tensor in sorted(tensors.items()):
        if hasattr(tensor, "detach"):
            tensor = tensor.detach().cpu().numpy()
        body = tensor.astype("<f4").tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + len(body)],
        }
        parts.append(body)
        offset += len(body)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with io_open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


def _shell(words):
    import shlex

    return " ".join(map(shlex.quote, map(str, words)))
