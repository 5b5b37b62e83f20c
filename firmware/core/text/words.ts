/** The same keys with any words: what a catalogue of another language must have. */
export type Words<T> = T extends string ? string : { readonly [K in keyof T]: Words<T[K]> };
