"""Requests as callers make them: shown in OpenAPI, and sent by the contract tests."""

from __future__ import annotations

from typing import Any

RULESET: dict[str, Any] = {"name": "knees", "title": "Leg training with knee pain"}

RULES: dict[str, Any] = {
    "files": [
        {
            "name": "hinge.rules",
            "text": "avoid deadlift when condition=disc_herniation and pain=acute\n",
        }
    ]
}

MISSPELT: dict[str, Any] = {
    "files": [{"name": "hinge.rules", "text": "avoid deadlift when condition=disc_hreniation\n"}]
}

WORKBENCH: dict[str, Any] = {
    "files": [
        {
            "name": "hinge.rules",
            "text": 'source article "Back pain and the deadlift"\n'
            "rule hinge: avoid deadlift when condition=disc_herniation and pain=acute\n"
            '  from article section "Deadlifts"\n'
            'rule bridge: allow glute_bridge when pain=chronic because "It asks little of the spine."\n'
            'example "acute disc"\n'
            "  given condition=disc_herniation, pain=acute\n"
            "  expect deadlift avoid\n"
            'prove "an acute disc never deadlifts": deadlift at least avoid '
            "when condition=disc_herniation and pain=acute\n",
        }
    ],
    "texts": [{"name": "sources/article.md", "text": "# Deadlifts\n\nNot now.\n\n# Squats\n\nPerhaps.\n"}],
    "include": ["coverage", "mutation", "sources"],
    "at": "2026-11-22",
}

PROMOTION: dict[str, Any] = {"release": 1}

QUESTION: dict[str, Any] = {
    "facts": {"condition": ["disc_herniation"], "pain": "acute", "symptom": []},
    "exercises": ["deadlift", "leg press", "my own machine"],
}

QUESTIONS: dict[str, Any] = {
    "an acute disc": QUESTION,
    "nothing known": {"facts": {}},
    "in other units, for a given day": {
        "facts": {"pain_level": 6, "sleep_hours": {"value": 430, "unit": "min"}},
        "exercises": ["RDL"],
        "subject": "pseudonym-17",
        "at": "2026-11-22T09:00:00Z",
    },
}
