"""Finds words that differ by one letter: left out, put in, changed, or two that changed places."""

from __future__ import annotations

__all__ = ["Spellings"]


class Spellings:
    """Words under every spelling with one letter left out."""

    def __init__(self) -> None:
        self._words: dict[str, list[str]] = {}

    def add(self, word: str) -> None:
        """One more word; it must not be there yet."""
        words = self._words
        for cut in _shorter(word):
            if cut in words:
                words[cut].append(word)
            else:
                words[cut] = [word]

    def drop(self, word: str) -> None:
        """A word that is there no longer. KeyError: it was not there."""
        for cut in _shorter(word):
            self._words[cut].remove(word)
            if not self._words[cut]:
                del self._words[cut]

    def near(self, word: str) -> set[str]:
        """The words that may be this one with a slip of the hand, the word itself among them."""
        found: set[str] = set()
        for cut in _shorter(word):
            found.update(self._words.get(cut, ()))
        return found


def _shorter(word: str) -> set[str]:
    """The word, and the word with any one letter left out."""
    once = {word[:i] + word[i + 1 :] for i in range(len(word))}
    return {word, *once}
