// Owns noticing a record that is out of the order of ids. sacct lists jobs by id; a record that a user wrote into the name before it, where names
// stand last, is like any other but for that. Elements of an array get ids of their own when they start, so that lists by the ids shown
// and lists by raw ids differ: a record is out of order only if it is by both.

/** The numbers that a list may be sorted by. */
export interface JobNumbers {
  readonly raw: number;
  /** Of the whole array or heterogeneous job, as the id shown begins. */
  readonly shown: number;
}

/** A record's place. */
interface Place extends JobNumbers {
  readonly line: number;
}

const isBefore = (a: Place, b: Place): boolean => a.raw < b.raw && a.shown < b.shown;

export class IdOrder {
  /** The last two that are in order. */
  #before: Place[] = [];
  /** One below both: the next shows whether it is alone. */
  #low: Place | null = null;
  /** As long as there is an order, and nothing was noticed. */
  #judging = true;

  /** Takes the next record; gives one before it that alone is out of order, once. `id` null: nothing is known of the order from here on. */
  next(id: JobNumbers | null, line: number): Place | null {
    if (id === null) this.#judging = false;
    if (!this.#judging || id === null) return null;
    const place = { ...id, line };
    const [earlier, last] = this.#before;
    const low = this.#low;
    this.#low = null;
    if (!last || !isBefore(place, last)) {
      this.#before = [last ?? place, place];
      return low && this.#found(low);
    }
    if (low) this.#judging = false;
    else if (earlier !== last && !isBefore(place, earlier!)) return this.#found(last);
    else this.#low = place;
    return null;
  }

  #found(place: Place): Place {
    this.#judging = false;
    return place;
  }
}
