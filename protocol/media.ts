/**
 * The on-media format of the journal, for the terminal and for tools that read an image without it. The tables
 * of offsets are in `media.md`.
 */
export * from "./chain.ts";
export * from "./media-copy.ts";
export * from "./media-find.ts";
export * from "./media-frame.ts";
export * from "./media-layout.ts";
export * from "./media-root.ts";
export * from "./media-scan.ts";
export * from "./media-segment.ts";
export * from "./media-survey.ts";
export * from "./media-walk.ts";
