/** How much a run of letters looks like words rather than drawn by chance. */

/**
 * For each pair of letters the base-2 log-odds of meeting it in a name against meeting it in random letters, plus 4,
 * between 0 and 8; rows by the first letter. Counted on every second of 126,838 distinct names in the sources of npm
 * packages, Go and Django. On the other half, of 16 letters and more, a mean of at least 0.25 holds for 99 % of the
 * names and for fewer than 1 % of random strings.
 */
const LOG_ODDS = [
  "35662350503766050667442340",
  "52314100430500410331400030",
  "61426226405531730546420020",
  "53357321520432430443422120",
  "64674542412667454887344630",
  "41224400600421520433300010",
  "30216123400324420443300000",
  "50115100400121510323201010",
  "44655550101558741466040304",
  "20003000000000200030100000",
  "20115210300121110131201000",
  "63357211701511620245521040",
  "63226100500242550142410020",
  "62666462504334530367441020",
  "44552440414557450755644110",
  "61336213402521640645401020",
  "00000000000200000000500000",
  "62548341603454630556442050",
  "52527325603432552368513050",
  "72538326701443641665422250",
  "34325330400546150556000100",
  "50116200400120220121011100",
  "40213001400102310331000000",
  "21313100200010140014000210",
  "21212100200233250253000000",
  "10004000100000100000000000",
];

/** Mean log-odds of the pairs of letters in the text, case folded, and how many there are. */
export function letterPairs(text: string): { mean: number; count: number } {
  let sum = 0;
  let count = 0;
  let before = -1;
  for (const char of text.toLowerCase()) {
    const letter = char.charCodeAt(0) - 97;
    const inside = letter >= 0 && letter < 26;
    if (inside && before >= 0) {
      sum += Number(LOG_ODDS[before]?.[letter]) - 4;
      count += 1;
    }
    before = inside ? letter : -1;
  }
  return { mean: count === 0 ? 0 : sum / count, count };
}
