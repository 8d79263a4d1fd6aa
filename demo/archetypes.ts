// The kinds of people who shop here. A customer is mostly one of them, a little of another, and a little of everything.

export interface Archetype {
  readonly name: string;
  /** Lines it is drawn to, `Department/Line`, with their share. */
  readonly likes: Readonly<Record<string, number>>;
  /** 0 buys the cheapest, 1 the dearest. */
  readonly priceLevel: number;
  readonly age: readonly [from: number, to: number];
}

export const archetypes: readonly Archetype[] = [
  {
    name: 'hiker',
    likes: {
      'Outdoor/Hiking Shoes': 3,
      'Outdoor/Backpacks': 3,
      'Outdoor/Tents': 2,
      'Outdoor/Sleeping Bags': 1,
      'Books/Travel': 2,
    },
    priceLevel: 0.6,
    age: [22, 58],
  },
  {
    name: 'camping family',
    likes: {
      'Outdoor/Tents': 3,
      'Outdoor/Camp Kitchen': 3,
      'Outdoor/Lamps': 2,
      'Toys/Outdoor Play': 2,
      'Books/Children': 1,
    },
    priceLevel: 0.35,
    age: [28, 50],
  },
  {
    name: 'home cook',
    likes: { 'Kitchen/Pans': 3, 'Kitchen/Knives': 3, 'Books/Cookbooks': 2, 'Grocery/Pasta': 2, 'Grocery/Sauces': 1 },
    priceLevel: 0.65,
    age: [25, 70],
  },
  {
    name: 'coffee lover',
    likes: { 'Grocery/Coffee': 4, 'Kitchen/Coffee Makers': 3, 'Grocery/Chocolate': 2, 'Kitchen/Tableware': 1 },
    priceLevel: 0.7,
    age: [20, 65],
  },
  {
    name: 'baker',
    likes: { 'Kitchen/Baking': 4, 'Grocery/Flour': 3, 'Books/Cookbooks': 2, 'Grocery/Chocolate': 1 },
    priceLevel: 0.3,
    age: [24, 75],
  },
  {
    name: 'novel reader',
    likes: { 'Books/Crime': 4, 'Books/Science Fiction': 3, 'Grocery/Tea': 2, 'Home/Lighting': 1 },
    priceLevel: 0.4,
    age: [18, 80],
  },
  {
    name: 'record collector',
    likes: {
      'Music/Jazz': 3,
      'Music/Soul': 3,
      'Music/Rock': 2,
      'Electronics/Turntables': 2,
      'Electronics/Speakers': 1,
    },
    priceLevel: 0.75,
    age: [25, 65],
  },
  {
    name: 'clubber',
    likes: { 'Music/Electronic': 4, 'Electronics/Headphones': 3, 'Beauty/Fragrance': 1, 'Electronics/Speakers': 1 },
    priceLevel: 0.45,
    age: [18, 34],
  },
  {
    name: 'concert-goer',
    likes: { 'Music/Classical': 4, 'Books/History': 3, 'Grocery/Tea': 1, 'Music/Folk': 2 },
    priceLevel: 0.7,
    age: [40, 85],
  },
  {
    name: 'gardener',
    likes: { 'Garden/Seeds': 4, 'Garden/Pots': 3, 'Garden/Hand Tools': 2, 'Garden/Soil': 2, 'Garden/Watering': 1 },
    priceLevel: 0.4,
    age: [30, 80],
  },
  {
    name: 'photographer',
    likes: { 'Electronics/Cameras': 4, 'Electronics/Photo Accessories': 4, 'Books/Travel': 2, 'Outdoor/Backpacks': 1 },
    priceLevel: 0.85,
    age: [20, 65],
  },
  {
    name: 'parent',
    likes: { 'Toys/Building': 3, 'Toys/Soft Toys': 3, 'Toys/Crafts': 2, 'Books/Children': 3, 'Toys/Puzzles': 1 },
    priceLevel: 0.35,
    age: [26, 48],
  },
  {
    name: 'self-carer',
    likes: { 'Beauty/Skin Care': 4, 'Beauty/Bath': 3, 'Beauty/Hair Care': 3, 'Beauty/Fragrance': 1 },
    priceLevel: 0.6,
    age: [18, 60],
  },
  {
    name: 'home worker',
    likes: { 'Home/Desks': 3, 'Home/Stationery': 4, 'Home/Lighting': 2, 'Electronics/Smart Home': 2 },
    priceLevel: 0.55,
    age: [22, 60],
  },
  {
    name: 'nest builder',
    likes: { 'Home/Bedding': 3, 'Home/Rugs': 3, 'Home/Storage': 3, 'Kitchen/Tableware': 2, 'Garden/Barbecue': 1 },
    priceLevel: 0.5,
    age: [24, 70],
  },
];
