//! Reading one insert: its kind, the preset it starts from, its recordings, and every setting by path.

use std::collections::BTreeSet;

use mixkeel_dsp::catalog::{self, CATALOG, Kind};
use mixkeel_dsp::param::{ParamError, Preset};
use mixkeel_dsp::processor::{AssetSpec, BoxedSettings};

use crate::cursor::Cursor;
use crate::fields;
use crate::problem::Severity;
use crate::session::{Asset, Insert};
use crate::suggest::did_you_mean;

/// An insert of an unknown kind is read as if it were of the first, so that the places of the others stay right;
/// the session is not given out.
pub(crate) fn insert(table: Cursor<'_>, broken: &mut BTreeSet<String>) -> Option<Insert> {
    let id = table.needed("id");
    let kinds: Vec<&str> = CATALOG.iter().map(|kind| kind.id).collect();
    if !table.has("kind") {
        table.missing("kind", Some(format!("it is one of: {}", kinds.join(", "))));
    }
    let known = table.word("kind", &kinds).and_then(|n| kinds.get(n)).and_then(|kind| catalog::find(kind));
    let kind = known.or(CATALOG.first())?;
    let preset = known.and_then(|kind| preset_of(kind, &table));
    let start = preset.and_then(|preset| (kind.preset)(preset).ok());
    let mut settings = start.unwrap_or_else(|| (kind.settings)());
    let insert = Insert {
        bypass: table.switch(&fields::BYPASS),
        keys: table.texts("keys"),
        by: table.text("by"),
        because: table.text("because"),
        id,
        kind,
        settings: settings.clone(),
        assets: kind.assets.iter().filter_map(|spec| asset(spec, &table)).collect(),
    };
    if let (Some(kind), None, false) = (known, kind.keys, insert.keys.is_empty()) {
        let span = table.log.span(&table.place("keys"));
        let message = format!("a {} hears no keys; they change nothing", kind.id);
        table.log.problem(span, Severity::Warning, message, None);
    }
    let values = table.rest();
    if known.is_none() {
        broken.insert(insert.id.clone());
    } else {
        for (path, span, value) in values {
            let set = value.map(|value| settings.set(&path, &value));
            let names = setting_names(&settings);
            match set {
                Some(Ok(())) => {}
                Some(Err(ParamError::Unknown(_))) => {
                    let help = did_you_mean(&path, names.iter().map(String::as_str));
                    let all = || format!("a {} has: {}", kind.id, names.join(", "));
                    let message = format!("a {} has no setting `{path}`", kind.id);
                    table.log.error(span, message, help.or_else(|| Some(all())));
                }
                Some(Err(error)) => table.log.error(span, error.to_string(), None),
                None => table.log.error(span, format!("`{path}` must be a single value"), None),
            }
        }
    }
    table.finish();
    Some(Insert { settings, ..insert })
}

fn preset_of(kind: &'static Kind, table: &Cursor<'_>) -> Option<&'static Preset> {
    let words: Vec<&str> = kind.presets.iter().map(|preset| preset.id).collect();
    if words.is_empty() {
        return None;
    }
    kind.presets.get(table.word("preset", &words)?)
}

/// `impulse = "…"`, and `impulse_sha256 = "…"` beside it.
fn asset(spec: &'static AssetSpec, table: &Cursor<'_>) -> Option<Asset> {
    let file = table.has(spec.id).then(|| table.needed(spec.id))?;
    let sha256 = table.text(&format!("{}_sha256", spec.id));
    let is_hash = |text: &String| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if sha256.as_ref().is_some_and(|text| !is_hash(text)) {
        let span = table.log.span(&table.place(&format!("{}_sha256", spec.id)));
        table.log.error(span, "a SHA-256 is 64 hexadecimal digits".to_owned(), None);
    }
    Some(Asset { spec, file, sha256: sha256.map(|text| text.to_ascii_lowercase()) })
}

/// What may be set, as a help says it: settings of bands with the first band's number.
fn setting_names(settings: &BoxedSettings) -> Vec<String> {
    let once = settings.specs().iter().map(|spec| spec.id.to_owned());
    let of_bands = settings
        .bands()
        .into_iter()
        .flat_map(|bands| bands.specs.iter().map(move |spec| bands.path(1, spec)));
    once.chain(of_bands).collect()
}
