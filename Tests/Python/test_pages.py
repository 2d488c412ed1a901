"""README and the pages: every command that they show runs, every link leads somewhere, pictures are current.

    python3 -m unittest Tests/Python/test_pages.py

The programs are those that the module ksr_tui finds. KSR_PICTURES=1 keeps the pictures that were drawn.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FIXTURES = ROOT / "Tests/Fixtures/recbole-tiny/recbole"
PAGES = ROOT / "Sources/ksr-tui/Documentation.docc"
if importlib.util.find_spec("ksr_tui") is None:
    sys.path.insert(0, str(ROOT / "Packaging/python"))
import ksr_tui

# What a test cannot do: a pattern, and why.
NOT_RUN = {
    r"apt-get|dpkg -i|^pip ": "installs packages",
    r"^swift |swift package": "compiles the program",
    r"^Packaging/": "has tests of its own",
    r"^python run_recbole.py": "needs RecBole",
    r"^eval ": "is for an interactive shell",
    r"^srun ": "needs Slurm",
}
if not shutil.which("mpirun"):
    NOT_RUN["^mpirun "] = "needs MPI"
# Training for these sets takes minutes; one epoch shows that the command works.
SHORTENED = re.compile(r"ksr train .*(--data sample-data/cinema|--data ml100k-kg|--data DIR)")


def texts():
    return {path: path.read_text() for path in [ROOT / "README.md", *sorted(PAGES.glob("*.md"))]}


def blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands(text):
    """The commands of a page in order, one line each."""
    for block in blocks(text, "sh"):
        for line in re.sub(r"\\\n\s*", "", block).splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                yield line.strip()


def reason_not_to_run(command):
    return next((why for pattern, why in NOT_RUN.items() if re.search(pattern, command)), None)


class Sandbox:
    """A folder in which the names that the pages use are there: data, models, checkpoints, settings."""

    def __init__(self):
        self.path = Path(tempfile.mkdtemp(prefix="ksr-pages-"))
        shutil.copytree(ROOT / "assets", self.path / "assets")
        (self.path / "sample-data").symlink_to(ROOT / "sample-data")
        (self.path / "saved").mkdir()
        for name in ("KSR.pth", "saved/KSR.pth", "saved/KSR-Nov-30-2026.pth"):
            shutil.copyfile(FIXTURES / "KSR-recbole-1.2.1.pth", self.path / name)
        (self.path / "settings.yaml").write_text("MAX_ITEM_LIST_LENGTH: 8\n")
        (self.path / "hyper.test").write_text("learning_rate choice [0.01,0.003]\n")
        bin = self.path / ".bin"
        bin.mkdir()
        for name in ("ksr", "ksr-tui"):
            (bin / name).symlink_to(ksr_tui.program(name))
        self.environment = {
            "PATH": f"{bin}:/usr/bin:/bin",
            "HOME": str(self.path),
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
            # For Open MPI: more ranks than this machine has cores, for anybody.
            "OMPI_MCA_rmaps_base_oversubscribe": "1",
            "OMPI_ALLOW_RUN_AS_ROOT": "1",
            "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        }
        # A link has another folder beside it.
        home = Path(ksr_tui.program("ksr-tui")).resolve().parent.parent / "share/ksr-tui"
        if not home.is_dir():
            self.environment["KSR_HOME"] = str(ROOT)
        self.begin()

    def begin(self):
        """Data and models as every page finds them."""
        for name in ("DIR", "NAME", "ml-100k", "ml100k-kg", "dataset/NAME", "dataset/DATA"):
            folder = self.path / name
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for file in (FIXTURES / "tiny-ksr").iterdir():
                text = file.read_text()
                if file.suffix == ".inter":
                    text = re.sub(r"(?m)^u50\t", "ID\t", text)
                (folder / (folder.name + file.suffix)).write_text(text)
        status, output = self.run("ksr train --data DIR --output model.safetensors --set epochs=2")
        assert status == 0, output
        for name in ("other", "m", "m.none"):
            shutil.copyfile(self.path / "model.safetensors", self.path / f"{name}.safetensors")

    def run(self, command):
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.path,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout


class PageTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sandbox = Sandbox()

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.sandbox.path)

    def test_every_command_runs(self):
        count = 0
        for page, text in texts().items():
            self.sandbox.begin()
            for command in commands(text):
                if reason_not_to_run(command):
                    continue
                if SHORTENED.search(command):
                    # A run that goes on must be the one that was begun, and may only be longer.
                    command += " --set epochs=" + ("3" if "--resume" in command else "2")
                with self.subTest(page=page.name, command=command):
                    status, output = self.sandbox.run(command)
                    self.assertEqual(status, 0, output[-2000:])
                    count += 1
        self.assertGreater(count, 25)

    def test_pictures_are_what_the_program_draws(self):
        kept = {path.name for path in PAGES.glob("*.svg")}
        drawn = set()
        for command in commands((PAGES / "Screens.md").read_text()):
            name = re.search(r"(?:>|--record) (\w+\.svg)", command).group(1)
            status, output = self.sandbox.run(command)
            self.assertEqual(status, 0, output)
            drawn.add(name)
            picture = (self.sandbox.path / name).read_text()
            if os.environ.get("KSR_PICTURES") == "1":
                (PAGES / name).write_text(picture)
            with self.subTest(picture=name):
                self.assertTrue((PAGES / name).exists(), "make it with KSR_PICTURES=1")
                self.assertTrue(
                    (PAGES / name).read_text() == picture,
                    f"{name} is no longer what the program draws; look at it and make it anew:"
                    " KSR_PICTURES=1 python3 -m unittest Tests/Python/test_pages.py",
                )
        self.assertEqual(kept | drawn, drawn)

    def test_options_in_the_text_are_those_of_the_programs(self):
        known = {}
        for page, text in texts().items():
            prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
            for code in re.findall(r"`([^`]+)`", prose):
                words = " ".join(code.split()).split(" ")
                name = words[0]
                if name not in ("ksr", "ksr-tui") or len(words) < 2:
                    continue
                command = name
                if name == "ksr" and not words[1].startswith("-"):
                    command = f"ksr {words[1]}"
                if command not in known:
                    status, known[command] = self.sandbox.run(command + " --help")
                    self.assertEqual(status, 0, f"{page.name}: {code}")
                for option in re.findall(r"(?<= )--[a-z][a-z-]*", " ".join(words)):
                    hidden = ("--keys-table", "--generate-completion-script")
                    with self.subTest(page=page.name, code=code):
                        self.assertTrue(option in known[command] or option in hidden, option)

    def test_python_of_the_pages_runs(self):
        import_line = "import sys; sys.path[:0] = {!r}\n".format(sys.path)
        for page, text in texts().items():
            for block in blocks(text, "python"):
                # In a notebook or with RecBole only.
                if (
                    "trainer" in block
                    or importlib.util.find_spec("safetensors") is None
                    and "safetensors.torch" in block
                ):
                    continue
                with self.subTest(page=page.name):
                    done = subprocess.run(
                        [sys.executable, "-c", import_line + block],
                        cwd=self.sandbox.path,
                        env={**os.environ, **self.sandbox.environment},
                        stdout=subprocess.PIPE,
                        stderr=subprocess.STDOUT,
                        text=True,
                    )
                    self.assertEqual(done.returncode, 0, done.stdout)

    def test_links_lead_somewhere(self):
        pages = texts()
        pages[ROOT / "ARCHITECTURE.md"] = (ROOT / "ARCHITECTURE.md").read_text()

        def places(path):
            titles = re.findall(
                r"(?m)^#+ (.*)$", re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
            )
            return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}

        for page, text in pages.items():
            for target in re.findall(
                r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL)
            ):
                if re.match(r"https?://", target):
                    continue
                name, _, place = target.partition("#")
                path = (page.parent / name).resolve() if name else page
                with self.subTest(page=page.name, link=target):
                    self.assertTrue(path.exists())
                    self.assertTrue(not place or place in places(path))

    def test_every_page_is_in_the_contents(self):
        contents = (PAGES / "Documentation.md").read_text()
        for page in PAGES.glob("*.md"):
            self.assertTrue(page.stem == "Documentation" or f"({page.name})" in contents, page.name)

    @unittest.skipUnless(shutil.which("docc"), "DocC is not installed")
    def test_the_site_is_made(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(PAGES, Path(folder, "Sources/ksr-tui/Documentation.docc"))
            Path(folder, "Packaging").mkdir()
            site = shutil.copyfile(ROOT / "Packaging/site", Path(folder, "Packaging/site"))
            done = subprocess.run(
                [sys.executable, site], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            self.assertEqual(done.returncode, 0, done.stdout)

    def test_the_first_page_is_short(self):
        self.assertLessEqual(len((ROOT / "README.md").read_text().splitlines()), 180)


if __name__ == "__main__":
    unittest.main()
