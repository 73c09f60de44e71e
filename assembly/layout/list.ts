// Owns the two kinds of list in raw memory, and steps through structs that lie side by side. None has a length of its own: the struct
// that points to a list has that beside it, and nothing here looks at bounds.

/** Numbers, or pointers to structs, side by side. */
@unmanaged
export class List<T> {
  @inline
  @operator('[]')
  get(i: i32): T {
    return load<T>(changetype<usize>(this) + ((<usize>i) << alignof<T>()));
  }

  @inline
  @operator('[]=')
  set(i: i32, x: T): void {
    store<T>(changetype<usize>(this) + ((<usize>i) << alignof<T>()), x);
  }

  /** The list without its first `i` elements. */
  @inline
  from(i: i32): List<T> {
    return changetype<List<T>>(changetype<usize>(this) + ((<usize>i) << alignof<T>()));
  }
}

/** Structs side by side: the i-th one itself, no copy. */
@unmanaged
export class Structs<T> {
  @inline
  @operator('[]')
  get(i: i32): T {
    return changetype<T>(changetype<usize>(this) + i * offsetof<T>());
  }
}

/** The pointer to nothing. @inline */
export function none<T>(): T {
  return changetype<T>(0);
}

/** The struct `n` places behind one of a list. @inline */
export function ahead<T>(item: T, n: i32): T {
  return changetype<T>(changetype<usize>(item) + n * offsetof<T>());
}

/** The next struct of a list; a walk ends where `item` is no longer `isBefore` the end. @inline */
export function next<T>(item: T): T {
  return changetype<T>(changetype<usize>(item) + offsetof<T>());
}

/** The struct before one of a list. @inline */
export function previous<T>(item: T): T {
  return changetype<T>(changetype<usize>(item) - offsetof<T>());
}

/** Whether a struct lies before another one, or before the end of their list. @inline */
export function isBefore<T>(item: T, end: T): bool {
  return changetype<usize>(item) < changetype<usize>(end);
}

/** Copies `n` elements. @inline */
export function copy<T>(to: List<T>, from: List<T>, n: i32): void {
  memory.copy(changetype<usize>(to), changetype<usize>(from), n << alignof<T>());
}
