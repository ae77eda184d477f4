"use strict";

/**
 * A squarified treemap (Bruls, Huizing and van Wijk 2000): areas in proportion to sizes, side by side without
 * gaps or overlaps, each as near to a square as its row allows.
 *
 * @param {number[]} sizes not negative, in any order
 * @param {number} width of the whole, in any unit, as is the height
 * @param {number} height
 * @returns {{x: number, y: number, width: number, height: number}[]} a rectangle for each size, in its order
 */
function squarify(sizes, width, height) {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const rectangles = sizes.map(() => ({ x: 0, y: 0, width: 0, height: 0 }));
  if (!(total > 0 && width > 0 && height > 0)) return rectangles;
  const scale = (width / total) * height;
  const order = sizes
    .map((size, index) => ({ area: size * scale, index }))
    .filter((item) => item.area > 0)
    .sort((a, b) => b.area - a.area || a.index - b.index);
  const free = { x: 0, y: 0, width, height };
  for (let start = 0; start < order.length; ) {
    const side = Math.min(free.width, free.height);
    let end = start + 1;
    let sum = order[start].area;
    // The largest of a row is its first, the smallest its last.
    let worst = worstRatio(order[start].area, order[start].area, sum, side);
    for (; end < order.length; end++) {
      const longer = sum + order[end].area;
      const ratio = worstRatio(order[start].area, order[end].area, longer, side);
      if (ratio > worst) break;
      worst = ratio;
      sum = longer;
    }
    placeRow(order.slice(start, end), sum, free, end === order.length, rectangles);
    start = end;
  }
  return rectangles;
}

/** The worst ratio of the sides in a row of areas of this sum, laid along a side of this length. */
function worstRatio(largest, smallest, sum, side) {
  const thickness = sum / side;
  return Math.max((largest / thickness) / thickness, thickness / (smallest / thickness));
}

/** Lay a row along the shorter side of what is free, and take it away from that. */
function placeRow(row, sum, free, isLast, rectangles) {
  const isColumn = free.width >= free.height;
  const side = isColumn ? free.height : free.width;
  const rest = isColumn ? free.width : free.height;
  const thickness = isLast ? rest : Math.min(sum / side, rest);
  let at = 0;
  row.forEach((item, position) => {
    // The last one takes what rounding has left.
    const length = position === row.length - 1 ? side - at : Math.min((item.area / sum) * side, side - at);
    rectangles[item.index] = isColumn
      ? { x: free.x, y: free.y + at, width: thickness, height: length }
      : { x: free.x + at, y: free.y, width: length, height: thickness };
    at += length;
  });
  if (isColumn) {
    free.x += thickness;
    free.width -= thickness;
  } else {
    free.y += thickness;
    free.height -= thickness;
  }
}
