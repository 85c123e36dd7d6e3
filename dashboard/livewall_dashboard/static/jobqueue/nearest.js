// Names that somebody may have meant. Pure.

const MOST = 3;

/** The nearest of `names` to a mistyped one, the nearest first; none that is far from it. */
export function nearest(name, names) {
  const limit = Math.ceil(name.length / 3);
  return names
    .map((each) => ({ each, far: each.startsWith(name) ? 0 : distance(name.toLowerCase(), each.toLowerCase()) }))
    .filter(({ far }) => far <= limit)
    .sort((one, other) => one.far - other.far)
    .slice(0, MOST)
    .map(({ each }) => each);
}

/** How many letters must be put in, left out or changed. */
function distance(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const changed = row[j - 1] + Number(one[i - 1] !== other[j - 1]);
      next.push(Math.min(changed, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[other.length];
}
