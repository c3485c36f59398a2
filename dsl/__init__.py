"""Spotter's rules language: text in, a sealed release out; a member's facts in, an explained decision out."""

from dsl.analysis.build import build, build_paths, compile_paths, compile_text
from dsl.evaluation.build import Build
from dsl.evaluation.decision import Decision, ExerciseAnswer
from dsl.evaluation.evaluator import Evaluator
from dsl.semantics.compiler import CompileError
from dsl.semantics.facts import FactProblem, FactsError
from dsl.semantics.release import ArtifactError, Release
from dsl.semantics.verdict import Disposition, Verdict
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import SourceFile

__all__ = [
    "ArtifactError",
    "Build",
    "CompileError",
    "Decision",
    "Diagnostic",
    "Disposition",
    "Evaluator",
    "ExerciseAnswer",
    "FactProblem",
    "FactsError",
    "Release",
    "SourceFile",
    "Verdict",
    "build",
    "build_paths",
    "compile_paths",
    "compile_text",
]
