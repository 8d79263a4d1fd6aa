// Who had to do with what: a sparse matrix of ones, by customer and by item, in typed arrays.

export class InteractionMatrix {
  readonly users: number;
  readonly items: number;
  /** By user: where their items begin in `itemsOf`. One longer than users. */
  readonly userStart: Int32Array;
  readonly userItems: Int32Array;
  readonly itemStart: Int32Array;
  readonly itemUsers: Int32Array;

  /** @param histories by user: item numbers, each once. */
  constructor(histories: readonly ArrayLike<number>[], items: number) {
    this.users = histories.length;
    this.items = items;
    this.userStart = new Int32Array(this.users + 1);
    for (const [user, history] of histories.entries())
      this.userStart[user + 1] = (this.userStart[user] as number) + history.length;
    this.userItems = new Int32Array(this.userStart[this.users] as number);
    for (const [user, history] of histories.entries()) this.userItems.set(history, this.userStart[user] as number);
    this.itemStart = startsOf(this.userItems, items);
    this.itemUsers = new Int32Array(this.userItems.length);
    const next = this.itemStart.slice();
    for (let user = 0; user < this.users; user += 1) {
      for (const item of this.itemsOf(user)) {
        const place = next[item] as number;
        this.itemUsers[place] = user;
        next[item] = place + 1;
      }
    }
  }

  get ones(): number {
    return this.userItems.length;
  }

  itemsOf(user: number): Int32Array {
    return this.userItems.subarray(this.userStart[user], this.userStart[user + 1]);
  }

  usersOf(item: number): Int32Array {
    return this.itemUsers.subarray(this.itemStart[item], this.itemStart[item + 1]);
  }

  countOf(item: number): number {
    return (this.itemStart[item + 1] as number) - (this.itemStart[item] as number);
  }
}

function startsOf(numbers: Int32Array, count: number): Int32Array {
  const start = new Int32Array(count + 1);
  for (const number of numbers) start[number + 1] = (start[number + 1] as number) + 1;
  for (let at = 0; at < count; at += 1) start[at + 1] = (start[at + 1] as number) + (start[at] as number);
  return start;
}
