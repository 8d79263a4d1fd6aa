import type { Department } from './department.ts';

export const kitchen: Department = {
  name: 'Kitchen',
  naming: 'goods',
  brands: ['Ostermann', 'Casa Lumbre', 'Fennel & Co', 'Hearthline', 'Kobori'],
  qualities: ['Cast-Iron', 'Forged', 'Everyday', 'Copper', 'Enamelled', 'Slim', 'Classic', 'Chef’s'],
  praises: ['Heats evenly.', 'Made to be handed down.', 'Easy to clean.', 'Balanced in the hand.'],
  season: [0.9, 0.9, 0.9, 0.9, 0.9, 0.8, 0.8, 0.9, 1, 1.1, 1.4, 1.7],
  lines: [
    {
      name: 'Pans',
      nouns: ['Frying Pan', 'Sauté Pan', 'Grill Pan', 'Wok', 'Casserole'],
      price: [24, 240],
      tags: ['cooking', 'stove'],
    },
    {
      name: 'Knives',
      nouns: ['Chef’s Knife', 'Paring Knife', 'Bread Knife', 'Santoku', 'Cleaver'],
      price: [14, 260],
      tags: ['cooking', 'cutting'],
    },
    {
      name: 'Cutting Boards',
      nouns: ['Oak Board', 'Bamboo Board', 'Carving Board', 'Walnut Board'],
      price: [12, 110],
      tags: ['cooking', 'cutting'],
    },
    {
      name: 'Coffee Makers',
      nouns: ['Moka Pot', 'French Press', 'Pour-Over Set', 'Espresso Machine', 'Burr Grinder'],
      price: [19, 690],
      tags: ['coffee', 'breakfast'],
    },
    {
      name: 'Baking',
      nouns: ['Loaf Tin', 'Springform', 'Rolling Pin', 'Proofing Basket', 'Mixing Bowl'],
      price: [8, 70],
      tags: ['baking', 'oven'],
    },
    {
      name: 'Tableware',
      nouns: ['Dinner Plate Set', 'Bowl Set', 'Wine Glasses', 'Cutlery Set', 'Teapot'],
      price: [18, 190],
      tags: ['table', 'gift'],
    },
  ],
};
