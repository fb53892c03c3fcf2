import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gdcore.samples import CAR_COLUMNS, car_loss_data, cars, complete, digits, standardise


def test_there_are_406_cars_with_the_documented_gaps():
    table = cars()
    assert tuple(table) == CAR_COLUMNS
    gaps = {name: int(np.isnan(column).sum()) for name, column in table.items()}
    assert gaps == {name: {"mpg": 8, "horsepower": 6}.get(name, 0) for name in CAR_COLUMNS}
    assert {column.shape for column in table.values()} == {(406,)}


def test_the_first_car_and_the_ranges_are_those_of_the_table():
    table = cars()
    assert [table[name][0] for name in CAR_COLUMNS] == [18, 8, 307, 130, 3504, 12, 1970]
    assert set(table["year"]) == set(range(1970, 1983)) - {1981}
    assert set(table["cylinders"]) == {3, 4, 5, 6, 8}
    assert np.nanmin(table["horsepower"]) == 46
    assert np.nanmax(table["horsepower"]) == 230


def test_there_are_1797_digits_of_64_grey_values():
    images, labels = digits()
    assert images.shape == (1797, 64)
    assert images.dtype == np.float64
    assert (images.min(), images.max()) == (0, 16)
    assert labels.dtype == np.int64
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert images[0, :8].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]


def test_the_data_are_shared_and_cannot_be_changed():
    assert cars() is cars()
    for array in (cars()["mpg"], *digits(), *car_loss_data()[:2]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(TypeError):
        cars()["mpg"] = np.ones(3)


def test_complete_drops_rows_with_a_gap_on_either_side_and_says_how_many():
    x, y, dropped = complete([1.0, np.nan, 3.0, 4.0], [1.0, 2.0, np.nan, 5.0])
    assert (x.tolist(), y.tolist(), dropped) == ([1, 4], [1, 5], 2)


def test_the_pair_of_the_one_parameter_loss_is_weight_in_thousand_pounds_and_horsepower():
    x, y, dropped = car_loss_data()
    assert (x.shape, y.shape, dropped) == ((400,), (400,), 6)
    assert (x[0], y[0]) == (3.504, 130)


@settings(deadline=None)
@given(arrays(np.float64, (7, 2), elements=st.floats(-1e6, 1e6)))
def test_standardised_columns_have_mean_0_and_variance_1(x):
    if (np.ptp(x, axis=0) < 1e-3).any():
        return
    z = standardise(x)
    assert z.shape == x.shape
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-7)
    np.testing.assert_allclose(z.var(axis=0, ddof=0), 1, rtol=1e-9)


def test_standardising_survives_a_large_offset_and_leaves_a_correlation():
    x = np.array([1.0, 2.0, 4.0, 8.0])
    np.testing.assert_allclose(standardise(1e8 + x), standardise(x), rtol=1e-12)
    assert np.corrcoef(standardise(x), standardise(x**2))[0, 1] == pytest.approx(np.corrcoef(x, x**2)[0, 1])


@pytest.mark.parametrize(
    "refused",
    [
        lambda: standardise([3.0, 3.0, 3.0]),
        lambda: standardise([[1.0, 5.0], [2.0, 5.0]]),
        lambda: standardise([]),
        lambda: standardise([1.0, np.nan]),
        lambda: complete([1.0], [1.0, 2.0]),
        lambda: complete([np.nan], [1.0]),
    ],
)
def test_bad_columns_are_refused_with_a_sentence(refused):
    with pytest.raises(ValueError, match=r"(got|none) .*: "):
        refused()


def test_the_constant_column_is_named():
    with pytest.raises(ValueError, match="column 1"):
        standardise([[1.0, 5.0], [2.0, 5.0]])
