// Owns noticing a record that is out of the order of ids. sacct lists jobs by id; a record that a user wrote into the name before it, where names
// stand last, is like any other but for that.

/** A record's place, and the number that sacct sorts by. */
interface Place {
  readonly id: number;
  readonly line: number;
}

export class IdOrder {
  /** The last two that are in order. */
  #before: Place[] = [];
  /** One below both: the next shows whether it is alone. */
  #low: Place | null = null;
  /** As long as there is an order, and nothing was noticed. */
  #judging = true;

  /** Takes the next record; gives one before it that alone is out of order, once. `id` null: nothing is known of the order from here on. */
  next(id: number | null, line: number): Place | null {
    if (id === null) this.#judging = false;
    if (!this.#judging || id === null) return null;
    const place = { id, line };
    const [earlier, last] = this.#before;
    const low = this.#low;
    this.#low = null;
    if (!last || id >= last.id) {
      this.#before = [last ?? place, place];
      return low && this.#found(low);
    }
    if (low) this.#judging = false;
    else if (earlier !== last && id >= earlier!.id) return this.#found(last);
    else this.#low = place;
    return null;
  }

  #found(place: Place): Place {
    this.#judging = false;
    return place;
  }
}
