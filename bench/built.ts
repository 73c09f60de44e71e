// Owns access to the built modules. As they are shipped: a loader of TypeScript turns every constant of another file into a call.

/** A module of dist/ (ending .js) with the types of its source. */
export async function built<Module>(path: string): Promise<Module> {
  return (await import(new URL(`../dist/${path}`, import.meta.url).href)) as Module;
}
