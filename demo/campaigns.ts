// The shop's campaigns: each pushes a few lines for some days every year, or every weekend.
import { lineIndex } from './assortment/assortment.ts';

export interface Campaign {
  readonly campaign_id: string;
  readonly lines: ReadonlySet<number>;
  runsAt(timeMs: number): boolean;
}

export const campaigns: readonly Campaign[] = [
  yearly('spring-planting', [3, 20], [4, 25], ['Garden/Seeds', 'Garden/Pots', 'Garden/Soil']),
  yearly('camping-season', [5, 15], [7, 15], ['Outdoor/Tents', 'Outdoor/Sleeping Bags', 'Outdoor/Camp Kitchen']),
  yearly('back-to-desk', [8, 20], [9, 30], ['Home/Desks', 'Home/Stationery', 'Home/Lighting']),
  yearly('dark-evenings', [10, 10], [11, 30], ['Books/Crime', 'Grocery/Tea', 'Music/Jazz']),
  yearly('gift-finder', [12, 1], [12, 23], ['Toys/Building', 'Grocery/Chocolate', 'Beauty/Fragrance']),
  weekends('weekend-table', ['Kitchen/Pans', 'Grocery/Pasta', 'Books/Cookbooks']),
];

/** Both days are part of it, as [month, day], in UTC. */
function yearly(id: string, from: [number, number], to: [number, number], paths: string[]): Campaign {
  const first = from[0] * 100 + from[1];
  const last = to[0] * 100 + to[1];
  return campaign(id, paths, (date) => {
    const today = (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
    return first <= today && today <= last;
  });
}

function weekends(id: string, paths: string[]): Campaign {
  return campaign(id, paths, (date) => date.getUTCDay() === 0 || date.getUTCDay() === 6);
}

function campaign(id: string, paths: string[], runsOn: (date: Date) => boolean): Campaign {
  return {
    campaign_id: id,
    lines: new Set(paths.map(lineIndex)),
    runsAt: (timeMs) => runsOn(new Date(timeMs)),
  };
}
