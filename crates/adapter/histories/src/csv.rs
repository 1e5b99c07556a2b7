//! One line of CSV: fields apart by commas, quoted where they hold one (RFC 4180). A field across lines is not read.

/// Splits a line into fields; none where a quote is not closed or stands where it cannot.
pub(crate) fn fields(line: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (field, after) = if let Some(quoted) = rest.strip_prefix('"') { quote(quoted)? } else { plain(rest)? };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => return Some(fields),
            None => return None,
        }
    }
}

fn plain(text: &str) -> Option<(String, &str)> {
    let (field, after) = text.split_at(text.find(',').unwrap_or(text.len()));
    (!field.contains('"')).then(|| (field.trim().to_owned(), after))
}

fn quote(text: &str) -> Option<(String, &str)> {
    let (mut field, mut rest) = (String::new(), text);
    loop {
        let (before, after) = rest.split_once('"')?;
        field.push_str(before);
        match after.strip_prefix('"') {
            Some(more) => {
                field.push('"');
                rest = more;
            }
            None => return Some((field, after)),
        }
    }
}

/// Where named columns stand in a header; none where one that is needed is missing.
pub(crate) fn columns<const N: usize>(header: &str, names: [&str; N]) -> Option<[usize; N]> {
    let header = fields(header)?;
    let mut places = [0; N];
    for (place, name) in places.iter_mut().zip(names) {
        *place = header.iter().position(|column| column.eq_ignore_ascii_case(name))?;
    }
    Some(places)
}
