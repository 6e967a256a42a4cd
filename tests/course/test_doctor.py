"""The doctor finds what is missing, and names the command that mends it."""

from collections import namedtuple

import psutil
import pytest
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel

from playbook.course import doctor
from playbook.inputs import ROOT


@pytest.fixture
def lock(tmp_path):
    def write(text):
        (tmp_path / "requirements.lock").write_text(text)
        return tmp_path / "requirements.lock"

    return write


def test_this_machine_is_in_order():
    findings = {finding.name: finding for finding in doctor.examine()}
    assert list(findings) == ["python", "packages", "kernel", "sources", "memory", "disk"]
    for name in ("python", "packages", "kernel", "sources"):
        assert findings[name].ok, findings[name]
        assert findings[name].remedy == ""


@pytest.mark.parametrize(
    ("version", "ok"), [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False)]
)
def test_python(version, ok):
    finding = doctor.python(version)
    assert finding.ok == ok
    assert bool(finding.remedy) != ok


def test_the_lock_names_many_packages():
    assert len(doctor._pins(ROOT / "requirements.lock")) > 100


def test_packages_that_differ_or_are_missing_are_named(lock):
    finding = doctor.packages(lock("numpy==1.0 \\\n    --hash=sha256:00\nno-such-thing==2.0\n"))
    assert not finding.ok
    assert "numpy " in finding.detail
    assert "(not 1.0)" in finding.detail
    assert "no-such-thing missing (not 2.0)" in finding.detail
    assert "make run" in finding.remedy


def test_pins_for_other_platforms_do_not_count(lock):
    text = "# a comment\nno-such-thing==2.0 ; sys_platform == 'plan9' \\\n    --hash=sha256:00\n"
    assert doctor.packages(lock(text)).ok


def test_many_differences_are_counted(lock):
    finding = doctor.packages(lock("".join(f"no-such-{number}==1.0\n" for number in range(9))))
    assert finding.detail.endswith("and 4 more")


def test_without_a_lock(tmp_path):
    assert not doctor.packages(tmp_path / "requirements.lock").ok


def test_without_a_kernel(monkeypatch):
    def missing(self, name):
        raise NoSuchKernel(name)

    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", missing)
    finding = doctor.kernel()
    assert not finding.ok
    assert "ipykernel install" in finding.remedy


def test_a_kernel_of_another_python(monkeypatch, tmp_path):
    other = str(tmp_path / "python")
    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", lambda self, name: KernelSpec(argv=[other]))
    finding = doctor.kernel()
    assert not finding.ok
    assert other in finding.detail


def test_an_empty_cache_is_a_finding_and_not_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv("PLAYBOOK_CACHE", str(tmp_path))
    finding = doctor.sources()
    assert not finding.ok
    assert all(name in finding.detail for name in ("smollm2", "crowd_ratings", "mortgages"))
    assert "digits" not in finding.detail
    assert "playbook fetch" in finding.remedy


@pytest.mark.parametrize(("free", "ok"), [(5.9e9, False), (6.1e9, True)])
def test_memory(monkeypatch, free, ok):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: namedtuple("memory", "available")(free))
    assert doctor.memory().ok == ok


@pytest.mark.parametrize(("free", "ok"), [(1.9e9, False), (2.1e9, True)])
def test_disk(monkeypatch, tmp_path, free, ok):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: namedtuple("usage", "free")(free))
    finding = doctor.disk([tmp_path, tmp_path / "not" / "yet" / "there"])
    assert finding.ok == ok
    assert bool(finding.remedy) != ok
