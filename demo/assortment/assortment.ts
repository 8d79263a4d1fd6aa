// All departments of the shop, and which lines complement each other.
import { beauty } from './beauty.ts';
import { books } from './books.ts';
import type { Department, Line } from './department.ts';
import { electronics } from './electronics.ts';
import { garden } from './garden.ts';
import { grocery } from './grocery.ts';
import { home } from './home.ts';
import { kitchen } from './kitchen.ts';
import { music } from './music.ts';
import { outdoor } from './outdoor.ts';
import { toys } from './toys.ts';

export const departments: readonly Department[] = [
  outdoor,
  kitchen,
  books,
  music,
  garden,
  electronics,
  grocery,
  beauty,
  toys,
  home,
];

export interface ShelvedLine extends Line {
  readonly department: Department;
  /** `Outdoor/Tents`. */
  readonly path: string;
}

/** Every line of every department; an index into this array names a line everywhere in the shop. */
export const lines: readonly ShelvedLine[] = departments.flatMap((department) =>
  department.lines.map((line) => ({ ...line, department, path: `${department.name}/${line.name}` })),
);

/** Who buys from the first line often needs something from the second. */
export const complements: readonly (readonly [path: string, path: string])[] = [
  ['Outdoor/Tents', 'Outdoor/Sleeping Bags'],
  ['Outdoor/Camp Kitchen', 'Outdoor/Lamps'],
  ['Outdoor/Hiking Shoes', 'Outdoor/Backpacks'],
  ['Kitchen/Knives', 'Kitchen/Cutting Boards'],
  ['Kitchen/Coffee Makers', 'Grocery/Coffee'],
  ['Kitchen/Baking', 'Grocery/Flour'],
  ['Grocery/Pasta', 'Grocery/Sauces'],
  ['Garden/Seeds', 'Garden/Pots'],
  ['Garden/Barbecue', 'Books/Cookbooks'],
  ['Electronics/Turntables', 'Electronics/Speakers'],
  ['Electronics/Cameras', 'Electronics/Photo Accessories'],
  ['Beauty/Skin Care', 'Beauty/Sun Care'],
  ['Toys/Puzzles', 'Toys/Board Games'],
  ['Home/Desks', 'Home/Lighting'],
];

/** @throws Error when there is no such line: a word list was changed in one place only. */
export function lineIndex(path: string): number {
  const index = lines.findIndex((line) => line.path === path);
  if (index < 0) throw new Error(`the assortment has no line ${path}`);
  return index;
}
