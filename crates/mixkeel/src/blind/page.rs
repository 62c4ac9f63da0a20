//! The page of a blind test.

use super::Heard;
use crate::ENGINE_VERSION;
use crate::page::escape;

/// The page. The names of the two sounds are in it from the start, but which one is X is drawn in the browser, anew for every
/// pick.
pub fn html(names: &[String; 2], passages: &[Heard]) -> String {
    let data = serde_json::json!({ "names": names, "passages": passages });
    // Nothing in a name may end the element that holds it.
    let data = data.to_string().replace('<', "\\u003c");
    let passages: String = passages
        .iter()
        .enumerate()
        .map(|(n, one)| {
            let checked = if n == 0 { " checked" } else { "" };
            format!(
                "<label><input type=\"radio\" name=\"passage\" value=\"{n}\"{checked}> {} to {} s</label>",
                one.from_s.round(),
                one.to_s.round()
            )
        })
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src 'unsafe-inline';script-src 'unsafe-inline';img-src data:\">\n\
         <meta name=\"generator\" content=\"Mixkeel {ENGINE_VERSION}\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>Blind test</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n\
         <header><h1>Blind test</h1><p class=\"meta\">{} and {}, under hidden names and as loud as each other. Which of them is X is \
         drawn anew for every pick.</p></header>\n\
         <section class=\"player\" id=\"player\" aria-label=\"The two sounds\">\
         <fieldset><legend>Listen to</legend><label><input type=\"radio\" name=\"sound\" value=\"0\" checked> X</label>\
         <label><input type=\"radio\" name=\"sound\" value=\"1\"> Y</label></fieldset>\
         <fieldset><legend>Passage</legend>{passages}</fieldset>\
         <p><button id=\"play\" type=\"button\" aria-pressed=\"false\">Play</button></p>\
         <p><button id=\"pick-0\" type=\"button\">I prefer X</button> <button id=\"pick-1\" type=\"button\">I prefer Y</button></p>\
         <p id=\"status\" role=\"status\" class=\"meta\">Keys: X and Y switch, space plays. Listen to both as often as you like, then pick. Five picks \
         at least; ten say more.</p></section>\n\
         <section aria-labelledby=\"result-title\"><h2 id=\"result-title\">Result</h2>\
         <p><button id=\"show\" type=\"button\" disabled>Show the result</button> <span id=\"count\">0 picks</span></p>\
         <p id=\"result\" role=\"status\"></p></section>\n\
         </main>\n<script type=\"application/json\" id=\"sounds\">{data}</script>\n<script>\n{}</script>\n</body>\n</html>\n",
        include_str!("../page/page.css"),
        escape(&names[0]),
        escape(&names[1]),
        include_str!("blind.js"),
    )
}
