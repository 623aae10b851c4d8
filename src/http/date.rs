//! The date of an answer (RFC 9110, section 5.6.7: IMF-fixdate).

const SECONDS_PER_DAY: u64 = 86_400;
/// 9999-12-31T23:59:59Z: the form has four digits for the year.
const LAST: u64 = 253_402_300_799;

/// The date of a moment given in seconds since 1970, in UTC. After the year 9999 it stays at its last second.
///
/// ```
/// assert_eq!(&sunstone::http::date(784_111_777), b"Sun, 06 Nov 1994 08:49:37 GMT");
/// ```
#[must_use]
pub fn date(unix_seconds: u64) -> [u8; 29] {
    let seconds = unix_seconds.min(LAST);
    let (days, second_of_day) = (seconds / SECONDS_PER_DAY, seconds % SECONDS_PER_DAY);
    let (year, month, day) = civil(days);
    let [century, years] = [two_digits(year / 100), two_digits(year % 100)];
    let day = two_digits(day);
    let hour = two_digits(second_of_day / 3600);
    let minute = two_digits(second_of_day / 60 % 60);
    let second = two_digits(second_of_day % 60);
    // The first of January 1970 was a Thursday.
    let [w0, w1, w2] = *match days % 7 {
        0 => b"Thu",
        1 => b"Fri",
        2 => b"Sat",
        3 => b"Sun",
        4 => b"Mon",
        5 => b"Tue",
        _ => b"Wed",
    };
    let [m0, m1, m2] = *month;
    [
        w0, w1, w2, b',', b' ', day.0, day.1, b' ', m0, m1, m2, b' ', century.0, century.1, years.0, years.1,
        b' ', hour.0, hour.1, b':', minute.0, minute.1, b':', second.0, second.1, b' ', b'G', b'M', b'T',
    ]
}

/// Year, month and day of month of a day since 1970, in the proleptic Gregorian calendar: the days are counted from
/// the first of March of the year 0, so that the leap day is the last of its year.
fn civil(days: u64) -> (u64, &'static [u8; 3], u64) {
    let shifted = days.saturating_add(719_468);
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let leap_days =
        (day_of_era / 1460).saturating_sub(day_of_era / 36_524).saturating_add(day_of_era / 146_096);
    let year_of_era = day_of_era.saturating_sub(leap_days) / 365;
    let before_year =
        year_of_era.saturating_mul(365).saturating_add(year_of_era / 4).saturating_sub(year_of_era / 100);
    let day_of_year = day_of_era.saturating_sub(before_year);
    let month = day_of_year.saturating_mul(5).saturating_add(2) / 153;
    let before_month = month.saturating_mul(153).saturating_add(2) / 5;
    let day = day_of_year.saturating_sub(before_month).saturating_add(1);
    let name = match month {
        0 => b"Mar",
        1 => b"Apr",
        2 => b"May",
        3 => b"Jun",
        4 => b"Jul",
        5 => b"Aug",
        6 => b"Sep",
        7 => b"Oct",
        8 => b"Nov",
        9 => b"Dec",
        10 => b"Jan",
        _ => b"Feb",
    };
    let year = era.saturating_mul(400).saturating_add(year_of_era).saturating_add(u64::from(month >= 10));
    (year, name, day)
}

fn two_digits(value: u64) -> (u8, u8) {
    let digit = |n: u64| b'0'.saturating_add(u8::try_from(n % 10).unwrap_or(0));
    (digit(value / 10), digit(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(seconds: u64) -> String {
        String::from_utf8(date(seconds).to_vec()).unwrap()
    }

    #[test]
    fn known_moments() {
        assert_eq!(text(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(text(951_782_399), "Mon, 28 Feb 2000 23:59:59 GMT");
        assert_eq!(text(951_782_400), "Tue, 29 Feb 2000 00:00:00 GMT");
        assert_eq!(text(951_868_800), "Wed, 01 Mar 2000 00:00:00 GMT");
        assert_eq!(text(1_709_164_800), "Thu, 29 Feb 2024 00:00:00 GMT");
        assert_eq!(text(4_107_542_399), "Sun, 28 Feb 2100 23:59:59 GMT");
        assert_eq!(text(4_107_542_400), "Mon, 01 Mar 2100 00:00:00 GMT");
        assert_eq!(text(LAST), "Fri, 31 Dec 9999 23:59:59 GMT");
        assert_eq!(text(u64::MAX), text(LAST));
    }

    /// A naive calendar that counts day by day, beside the closed form.
    #[test]
    fn every_day_to_2200() {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let mut week = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"].into_iter().cycle();
        let mut days = 0u64;
        for year in 1970..2200u32 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            for (month, length) in months.iter().zip(lengths) {
                for day in 1..=length {
                    let weekday = week.next().unwrap();
                    let expected = format!("{weekday}, {day:02} {month} {year} 00:00:00 GMT");
                    assert_eq!(text(days * SECONDS_PER_DAY), expected);
                    days += 1;
                }
            }
        }
    }
}
