"""A method that is replaced on one object, and put back whatever others have done since."""

from __future__ import annotations

from vault_magic.ipython.wrapping import Call, Wrapping


class _Owner:
    def greet(self, name: str, *, mark: str = ".") -> str:
        return f"hello {name}{mark}"


def _shout(call: Call, name: str, **options: str) -> str:
    return str(call(name, **options)).upper()


def test_method_is_replaced_on_one_object_alone() -> None:
    owner = _Owner()
    Wrapping(owner, "greet", _shout)
    assert (owner.greet("ada", mark="!"), _Owner().greet("ada")) == ("HELLO ADA!", "hello ada.")


def test_method_is_that_of_the_class_afterwards() -> None:
    owner = _Owner()
    Wrapping(owner, "greet", _shout).detach()
    assert (owner.greet("ada"), vars(owner)) == ("hello ada.", {})


def test_what_another_tool_had_put_there_is_put_back() -> None:
    owner = _Owner()
    vars(owner)["greet"] = theirs = str.title
    wrapping = Wrapping(owner, "greet", _shout)
    assert owner.greet("ada") == "ADA"
    wrapping.detach()
    assert vars(owner) == {"greet": theirs}


def test_what_another_tool_has_put_around_stays_and_ours_hands_on() -> None:
    owner = _Owner()
    wrapping = Wrapping(owner, "greet", _shout)
    Wrapping(owner, "greet", lambda call, name: f"<{call(name)}>")
    assert owner.greet("ada") == "<HELLO ADA.>"
    wrapping.detach()
    assert owner.greet("ada") == "<hello ada.>"
