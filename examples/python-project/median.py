"""The median of some numbers."""


def median(numbers):
    ordered = sorted(numbers)
    if not ordered:
        raise ValueError("no numbers, no median")
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
