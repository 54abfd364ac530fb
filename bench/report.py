"""Figures as a table of ratios to the bare page, kept in baseline.json, and compared with it."""

import json
import platform
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from bench.load import Sample

BASELINE = Path(__file__).resolve().parent / "baseline.json"
HEAD = (
    "page",
    "c1 cpu",
    "x bare",
    "c8 cpu",
    "x bare",
    "c8 req/s",
    "p50 c1",
    "p50 c8",
    "p99 c8",
    "SQL",
    "KB",
    "gz KB",
    "posts",
)


def figures(
    samples: Mapping[tuple[str, int], list[Sample]], facts: Mapping[str, Any], memory: Any, community: Any
) -> dict[str, Any]:
    """Medians by page: CPU milliseconds a request and their ratio to the bare page of the same run."""
    bare = {
        connections: _median(samples["bare", connections], "cpu") for name, connections in samples if name == "bare"
    }
    pages: dict[str, Any] = {}
    for (name, connections), taken in samples.items():
        page = pages.setdefault(name, dict(facts.get(name, {})))
        cpu = _median(taken, "cpu")
        page[f"c{connections}"] = {
            "cpu_ms": round(cpu, 3), "ratio": round(cpu / bare[connections], 2), "rate": round(_median(taken, "rate")),
            "p50": round(_median(taken, "p50"), 2), "p99": round(_median(taken, "p99"), 2),
        }  # fmt: skip
    where = {"python": platform.python_version(), "posts": community["posts"]}
    return {"pages": pages, "memory": memory, "of": where}


def _median(taken: list[Sample], what: str) -> float:
    return median(getattr(sample, what) for sample in taken)


def table(found: dict[str, Any]) -> str:
    """The figures, one line a page."""
    lines = [HEAD]
    for name, page in found["pages"].items():
        one, eight = page["c1"], page["c8"]
        weight = (f"{page['bytes'] / 1000:.1f}", f"{page['gzip'] / 1000:.1f}") if "bytes" in page else ("", "")
        lines.append((
            name, one["cpu_ms"], one["ratio"], eight["cpu_ms"], eight["ratio"], eight["rate"], one["p50"], eight["p50"],
            eight["p99"], page.get("statements", ""), *weight, page.get("posts") or "",
        ))  # fmt: skip
    wide = [max(len(str(line[at])) for line in lines) for at in range(len(HEAD))]
    shown = [
        "  ".join(str(cell).ljust(wide[0]) if not at else str(cell).rjust(wide[at]) for at, cell in enumerate(line))
        for line in lines
    ]
    memory = ", ".join(f"{when}: RSS {of['rss']:.0f}, PSS {of['pss']:.0f} MiB" for when, of in found["memory"].items())
    return "\n".join(
        [
            *shown,
            "",
            f"Memory of all processes {memory}",
            "CPU and p50 in milliseconds a request; c1, c8: one and eight connections",
        ]
    )


def save(found: dict[str, Any], community: str) -> None:
    """Keeps the figures of a community."""
    kept = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    kept[community] = found
    BASELINE.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")


def changes(found: dict[str, Any], community: str) -> str:
    """What changed since the baseline, in ratios to the bare page."""
    kept = json.loads(BASELINE.read_text()).get(community) if BASELINE.exists() else None
    if kept is None:
        return f"baseline.json has no figures of {community}"
    lines = [f"Since the baseline ({community}):"]
    for name, page in found["pages"].items():
        if before := kept["pages"].get(name):
            was, now = before["c8"]["ratio"], page["c8"]["ratio"]
            sql = f"SQL {before.get('statements', '')} -> {page.get('statements', '')}"
            lines.append(f"{name:22} {was:6.2f} -> {now:6.2f} x bare ({now / was - 1:+.0%}), {sql}")
    return "\n".join(lines)
