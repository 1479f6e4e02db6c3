/** A rectangle; whatever unit the outermost one has. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Divides a rectangle among weights, in their order, so that areas are as the weights are and the parts as square as can
 * be (Bruls, Huizing, van Wijk: Squarified Treemaps). Largest first gives the best picture. What weighs nothing has no
 * area.
 */
export function squarify(weights: readonly number[], area: Rectangle): Rectangle[] {
  const parts: Rectangle[] = [];
  let left = area;
  let rest = weights.reduce((sum, weight) => sum + Math.max(0, weight), 0);
  for (let from = 0; from < weights.length; ) {
    const { width, height } = left;
    const side = Math.min(width, height);
    const scale = rest > 0 ? (width * height) / rest : 0;
    let to = from;
    let sum = 0;
    let [least, most] = [Number.POSITIVE_INFINITY, 0];
    let worst = Number.POSITIVE_INFINITY;
    // A row takes weights as long as that makes it no less square.
    while (to < weights.length) {
      const weight = Math.max(0, weights[to] as number) * scale;
      const [nextSum, nextLeast, nextMost] = [sum + weight, Math.min(least, weight), Math.max(most, weight)];
      const next =
        nextSum === 0
          ? Number.POSITIVE_INFINITY
          : Math.max((side * side * nextMost) / nextSum ** 2, nextSum ** 2 / (side * side * nextLeast));
      if (to > from && next > worst) break;
      [sum, least, most, worst] = [nextSum, nextLeast, nextMost, next];
      to += 1;
    }
    const row = weights.slice(from, to).map((weight) => Math.max(0, weight) * scale);
    left = layRow(row, sum, left, parts);
    rest -= weights.slice(from, to).reduce((total, weight) => total + Math.max(0, weight), 0);
    from = to;
  }
  return parts;
}

/** Lays a row along the shorter side, and gives what is left. */
function layRow(row: readonly number[], sum: number, left: Rectangle, parts: Rectangle[]): Rectangle {
  const { x, y, width, height } = left;
  const isColumn = width >= height;
  const side = isColumn ? height : width;
  const thickness = side === 0 ? 0 : Math.min(sum / side, isColumn ? width : height);
  let at = isColumn ? y : x;
  for (const area of row) {
    const length = thickness === 0 ? 0 : area / thickness;
    parts.push(
      isColumn ? { x, y: at, width: thickness, height: length } : { x: at, y, width: length, height: thickness },
    );
    at += length;
  }
  return isColumn
    ? { x: x + thickness, y, width: width - thickness, height }
    : { x, y: y + thickness, width, height: height - thickness };
}
