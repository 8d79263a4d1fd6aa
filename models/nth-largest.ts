// The n-th largest of many numbers in linear time: Hoare's selection ("Algorithm 65: Find", CACM 1961), pivot from the middle.

/** The `n`-th largest (1 = largest) of the first `count` numbers, which must hold no NaN. They are left in another order. */
export function nthLargest(numbers: Float64Array, count: number, n: number): number {
  const target = n - 1;
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = numbers[(low + high) >>> 1] as number;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((numbers[left] as number) > pivot) left += 1;
      while ((numbers[right] as number) < pivot) right -= 1;
      if (left > right) break;
      const swapped = numbers[left] as number;
      numbers[left++] = numbers[right] as number;
      numbers[right--] = swapped;
    }
    if (target <= right) high = right;
    else if (target >= left) low = left;
    else return numbers[target] as number;
  }
  return numbers[target] as number;
}
