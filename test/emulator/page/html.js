import htm from "htm";
import { h } from "preact";

/** Markup as a template literal. */
export const html = htm.bind(h);
