// How much the place in a list of popular items says.

/**
 * In (0, 1], 1 for the first place (0), falling as the gain in DCG does (Järvelin and Kekäläinen, TOIS 2002). By place and not by
 * the list's own numbers, since those fall so steeply that behind a handful of bestsellers everything would count nothing.
 */
export function placeScore(place: number): number {
  return GAINS[place] ?? gain(place);
}

function gain(place: number): number {
  return 1 / Math.log2(2 + place);
}

const GAINS = Float64Array.from({ length: 256 }, (_, place) => gain(place));
