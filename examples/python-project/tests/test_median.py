import pathlib
import unittest

from median import median

DATA = pathlib.Path(__file__).parent.parent / "data"


class MedianTest(unittest.TestCase):
    def test_odd(self):
        self.assertEqual(median([3, 1, 2]), 2)

    def test_even(self):
        self.assertEqual(median([4, 1, 2, 3]), 2.5)

    def test_nothing(self):
        with self.assertRaises(ValueError):
            median([])

    def test_samples(self):
        numbers = [int(word) for word in (DATA / "numbers.txt").read_text().split()]
        self.assertEqual(median(numbers), 2)

    def test_samples_are_input(self):
        with self.assertRaises(OSError):
            (DATA / "numbers.txt").write_text("4 5 6")
