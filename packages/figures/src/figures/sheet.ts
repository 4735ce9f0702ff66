/** A sheet of small pictures: the position of each picture, and the encodings that place it there. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  /** Middle of the upper edge of each cell. */
  readonly cells: readonly { readonly x: number; readonly y: number }[];
  readonly encoding: {
    readonly x: { readonly field: "x"; readonly type: "quantitative"; readonly scale: null; readonly axis: null };
    readonly y: { readonly field: "y"; readonly type: "quantitative"; readonly scale: null; readonly axis: null };
  };
}

/** Size of a cell in pixels. */
export interface Cell {
  readonly width: number;
  readonly height: number;
  /** Distance between two rows. */
  readonly gap: number;
}

/** Places cells of one size row by row, with a gap between the rows. */
export function placeInGrid(count: number, columns: number, cell: Cell): Sheet {
  const across = Math.min(count, columns);
  const cells = Array.from({ length: count }, (_, i) => ({
    x: ((i % columns) + 0.5) * cell.width,
    y: Math.floor(i / columns) * (cell.height + cell.gap),
  }));
  const position = { type: "quantitative", scale: null, axis: null } as const;
  return {
    width: across * cell.width,
    height: Math.ceil(count / columns) * (cell.height + cell.gap) - cell.gap,
    cells,
    encoding: { x: { field: "x", ...position }, y: { field: "y", ...position } },
  };
}

/** The pictures of a sheet, from the URLs in the field `image`. */
export function imageLayer(width: number, height: number) {
  return {
    mark: { type: "image", width, height, align: "center", baseline: "top", smooth: false, aria: false },
    encoding: { url: { field: "image", type: "nominal" } },
  } as const;
}
