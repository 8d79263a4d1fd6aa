// Numbers from a normal distribution: Box and Muller, "A Note on the Generation of Random Normal Deviates" (1958).

/** @param random uniform in [0, 1). @param spread the standard deviation; the mean is 0. */
export function normal(random: () => number, spread = 1): number {
  return spread * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Draws from the standard normal distribution: each pair of uniform numbers gives two of them. @param random uniform in [0, 1). */
export function normals(random: () => number): () => number {
  let other = NaN;
  return () => {
    if (!Number.isNaN(other)) {
      const kept = other;
      other = NaN;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    other = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
