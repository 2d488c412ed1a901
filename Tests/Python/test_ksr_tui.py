"""The Python module, against the programs that it finds: python3 -m unittest discover Tests/Python."""

import importlib.util
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FIXTURES = ROOT / "Tests/Fixtures/recbole-tiny/recbole"
if importlib.util.find_spec("ksr_tui") is None:
    sys.path.insert(0, str(ROOT / "Packaging/python"))
import ksr_tui

HAS_PANDAS = importlib.util.find_spec("pandas") is not None
HAS_RECBOLE = importlib.util.find_spec("recbole") is not None


class Tensor:
    """Numbers with as much of an array's interface as is needed, so that no numpy is."""

    def __init__(self, shape, body):
        self.shape, self.body = shape, body

    def astype(self, kind):
        assert kind == "<f4"
        return self

    def tobytes(self):
        return self.body


def tensors(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    body = data[8 + size :]
    return {
        name: Tensor(entry["shape"], body[slice(*entry["data_offsets"])])
        for name, entry in header.items()
    }


class Model:
    """A model in memory as RecBole has it: a state dict, and the relations beside it."""

    gamma = 10.0
    loss_type = "CE"
    max_seq_length = 8

    def __init__(self, state, relations=None):
        self.state = state
        if relations is not None:
            self.relation_Matrix = relations

    def state_dict(self):
        return self.state


class ModuleTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="ksr-python-")
        cls.data = os.path.join(cls.folder, "tiny-ksr")
        shutil.copytree(FIXTURES / "tiny-ksr", cls.data)
        cls.model = os.path.join(cls.folder, "m.safetensors")
        cls.events = []
        cls.run_ = ksr_tui.train(
            cls.data, cls.model, epochs=2, embedding_size=8, log=cls.events.append, frames=False
        )

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def test_train_returns_the_end_and_the_history(self):
        self.assertEqual(self.run_["event"], "end")
        self.assertEqual([row["epoch"] for row in self.run_["history"]], [1, 2])
        self.assertIn("test NDCG@10", self.run_["metrics"])
        self.assertEqual(len([e for e in self.events if e["event"] == "epoch"]), 2)
        told = [e["loss"] for e in self.events if e["event"] == "epoch"]
        self.assertEqual(told, [row["loss"] for row in self.run_["history"]])

    def test_settings_reach_the_program(self):
        words = ["evaluate", self.model, "--data", self.data, "--json"]
        printed = subprocess.run(
            [ksr_tui.program(), *words], stdout=subprocess.PIPE, check=True
        ).stdout
        self.assertEqual(ksr_tui.evaluate(self.model, self.data, frames=False), json.loads(printed))

    def test_recommend_one_user_and_all(self):
        one = ksr_tui.recommend(self.model, self.data, user="u50", top=3, frames=False)
        self.assertEqual(len(one["recommendations"]), 3)
        every = ksr_tui.recommend(self.model, self.data, top=3, frames=False)
        mine = [row for row in every if row["user"] == "u50"]
        self.assertEqual([r["token"] for r in mine], [r["token"] for r in one["recommendations"]])
        self.assertEqual(len({row["user"] for row in every}) * 3, len(every))

    def test_explain_adds_up(self):
        why = ksr_tui.explain(self.model, self.data, user="u50", frames=False)
        total = sum(row["written"] for row in why["history"]) + why["bias"] + why["alreadySeen"]
        self.assertAlmostEqual(total, why["score"], places=4)

    def test_check_and_embed(self):
        kinds = [finding["kind"] for finding in ksr_tui.check(self.data, frames=False)["findings"]]
        self.assertIn("missing-entities", kinds)
        copy = os.path.join(self.folder, "copy", "tiny-ksr")
        shutil.copytree(self.data, copy)
        self.assertEqual(ksr_tui.embed(copy, epochs=1, frames=False)["epochs"], 1)

    def test_an_error_is_the_programs_sentence(self):
        with self.assertRaises(ksr_tui.Error) as caught:
            ksr_tui.evaluate(self.model, os.path.join(self.folder, "nowhere"))
        self.assertIn("nowhere", str(caught.exception))
        self.assertFalse(str(caught.exception).startswith("ksr: "))
        with self.assertRaises(ksr_tui.Error) as caught:
            ksr_tui.train(self.data, self.model, epoch=3)
        self.assertIn("epochs", str(caught.exception))

    def test_open_prints_a_frame_of_a_model_in_memory(self):
        state = tensors(FIXTURES / "model.safetensors")
        model = Model(state, state.pop("relation_Matrix"))
        kept = ksr_tui.convert(model, self.data, os.path.join(self.folder, "kept.safetensors"))
        script = (
            "import sys; sys.path[:0] = {path!r}\nimport ksr_tui\n"
            "ksr_tui.open({kept!r}, {data!r}, '--print', '--size', '80x24', '--keys', 'i')\n"
        )
        text = script.format(path=sys.path, kept=kept, data=self.data)
        done = subprocess.run(
            [sys.executable, "-c", text], stdout=subprocess.PIPE, text=True, check=True
        )
        self.assertIn("tiny-ksr", done.stdout)
        self.assertEqual(len(done.stdout.splitlines()), 24)

    def test_a_checkpoint_and_its_model_in_memory_are_the_same_model(self):
        state = tensors(FIXTURES / "model.safetensors")
        model = Model(state, state.pop("relation_Matrix"))
        kept = ksr_tui.convert(model, self.data, os.path.join(self.folder, "memory.safetensors"))
        given = os.path.join(self.folder, "given.safetensors")
        subprocess.run(
            [
                ksr_tui.program(),
                "import",
                "--state-dict",
                FIXTURES / "model.safetensors",
                "--data",
                self.data,
                "--set",
                "gamma=10.0",
                "--set",
                "loss_type=CE",
                "--set",
                "MAX_ITEM_LIST_LENGTH=8",
                "--output",
                given,
            ],
            check=True,
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        answers = [
            ksr_tui.recommend(path, self.data, user="u50", frames=False)["recommendations"]
            for path in (kept, given)
        ]
        self.assertEqual(*answers)

    def test_gru4rec_of_a_trainer(self):
        state = tensors(FIXTURES / "model.safetensors")
        # Its read-out as RecBole's GRU4Rec names it: [E, H].
        weight = Tensor([8, 10], b"".join(struct.pack("<f", n / 80) for n in range(80)))
        names = ["item_embedding.weight", "gru_layers.weight_ih_l0", "gru_layers.weight_hh_l0"]
        network = {name: state[name] for name in names}
        # It numbers the items without a link, too, which KSR leaves out.
        items = network["item_embedding.weight"]
        network["item_embedding.weight"] = Tensor([45, 8], items.tobytes().ljust(45 * 8 * 4, b"\0"))
        network["dense.weight"], network["dense.bias"] = weight, Tensor([8], bytes(32))

        class Trainer:
            model = Model(network)
            config = {
                "MAX_ITEM_LIST_LENGTH": 8,
                "loss_type": "CE",
                "gpu_id": "0",
                "device": object(),
            }

        kept = ksr_tui.convert(Trainer(), self.data, os.path.join(self.folder, "gru.safetensors"))
        self.assertEqual(
            len(ksr_tui.recommend(kept, self.data, user="u50", frames=False)["recommendations"]), 10
        )

    def test_without_a_terminal_open_says_what_to_do(self):
        script = "import sys; sys.path[:0] = {!r}\nimport ksr_tui\nksr_tui.open('m', 'd')".format(
            sys.path
        )
        done = subprocess.run(
            [sys.executable, "-c", script],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.assertIn("needs a terminal", done.stderr)

    @unittest.skipUnless(HAS_PANDAS, "pandas is not installed")
    def test_tables_are_data_frames(self):
        import pandas

        answer = ksr_tui.recommend(self.model, self.data, user="u50")
        self.assertIsInstance(answer["recommendations"], pandas.DataFrame)
        self.assertIsInstance(
            ksr_tui.evaluate(self.model, self.data)["tests"][0]["rows"], pandas.DataFrame
        )

    @unittest.skipUnless(HAS_RECBOLE, "RecBole is not installed")
    def test_scores_equal_recboles(self):
        import torch
        from recbole.config import Config
        from recbole.data import create_dataset, data_preparation
        from recbole.utils import get_model, get_trainer, init_seed

        # RecBole writes its logs into the current folder.
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)
        for name, settings in {"KSR": ["base", "kg", "ce"], "GRU4Rec": ["base", "ce"]}.items():
            with self.subTest(model=name):
                small = {
                    "data_path": self.folder,
                    "epochs": 1,
                    "embedding_size": 8,
                    "hidden_size": 10,
                    "checkpoint_dir": os.path.join(self.folder, "saved"),
                }
                files = [str(FIXTURES / f"{part}.yaml") for part in settings]
                config = Config(
                    model=name, dataset="tiny-ksr", config_file_list=files, config_dict=small
                )
                init_seed(config["seed"], True)
                dataset = create_dataset(config)
                train_data, valid_data, test_data = data_preparation(config, dataset)
                model = get_model(name)(config, train_data.dataset).to(config["device"])
                if name == "KSR":
                    # RecBole reads vectors in double precision, and its forward pass wants single.
                    model.relation_Matrix = model.relation_Matrix.float()
                trainer = get_trainer(config["MODEL_TYPE"], name)(config, model)
                trainer.fit(train_data, valid_data, show_progress=False)
                kept = ksr_tui.convert(
                    trainer, self.data, os.path.join(self.folder, "recbole.safetensors")
                )
                with torch.no_grad():
                    theirs = trainer.evaluate(test_data, load_best_model=False, show_progress=False)
                rows = ksr_tui.evaluate(kept, self.data, frames=False)["tests"][0]["rows"]
                ours = [row for row in rows if row["name"].endswith("recbole.safetensors")]
                self.assertAlmostEqual(ours[0]["metrics"]["NDCG@10"], theirs["ndcg@10"], places=4)


if __name__ == "__main__":
    unittest.main()
