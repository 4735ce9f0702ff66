import type { FigureSpec, Theme } from "numgrad-figures";

/** Draws a figure in a theme. */
export type Draw = (theme: Theme) => FigureSpec;
