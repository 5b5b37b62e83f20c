/** Every limit of the product, by name. Units stand last in the name; bytes and counts otherwise. */

/** Nesting a CBOR item may have; records and messages need five. */
export const CBOR_DEPTH_MAX = 8;
/** Largest CBOR item that is decoded at all. */
export const CBOR_BYTES_MAX = 65_536;

/** Payload of one journal record. */
export const RECORD_PAYLOAD_BYTES_MAX = 1_024;
/** Records that one group commit may hold. */
export const GROUP_RECORDS_MAX = 16;
/** Folded state kept at the head of each journal segment. */
export const CHECKPOINT_BYTES_MAX = 8_192;
/** Frames of one group commit on the media; a fresh segment with the largest checkpoint and seal holds it. */
export const GROUP_BYTES_MAX = 6_144;
/** Room in a segment's seal for a signed checkpoint note. */
export const SEAL_NOTE_BYTES_MAX = 512;
/** Complete subtrees kept of a stream's tree, one for each bit of its size: 2^32 records, a record a second for 136 years. */
export const TREE_ROOTS_MAX = 32;
/** A segment of the journal: one or more sectors. The default holds every limit above at once. */
export const SEGMENT_BYTES_MIN = 1_024;
export const SEGMENT_BYTES_DEFAULT = 16_384;
export const SEGMENT_BYTES_MAX = 65_536;
/** Segments in one ring; two are needed to rotate at all. */
export const SEGMENTS_MIN = 4;
/** Free segments at which sales are refused, so that settling and closing always still fit. */
export const CLOSING_RESERVE_SEGMENTS = 8;
/** Alignment of writes that the format can serve, in bytes. */
export const WRITE_ALIGN_MAX = 64;
/** Segments tried in turn when the media fail below a new segment. */
export const SEGMENT_BEGIN_ATTEMPTS_MAX = 4;
/** Bytes of a record that settling, printing and closing make for each thing that is open, on the media. */
export const CLOSING_RECORD_BYTES = 128;
/** Such records for a transaction without an end: questions, reversals, its outcome, its slip. */
export const CLOSING_RECORDS_PER_OPEN = 10;
/** Such records for a tip or a pre-authorisation: what was decided about it. */
export const CLOSING_RECORDS_PER_WAIT = 1;
/** Such records for a print owed: sent, confirmed, and one for a stop. */
export const CLOSING_RECORDS_PER_DEBT = 3;
/** Of the room for sales, taken by what cannot be given free: staff are told, told again; a close asks for the host. */
export const JOURNAL_FILLING_PERCENT = 70;
export const JOURNAL_NEARLY_FULL_PERCENT = 90;
/** Below it the journal counts as having room again. */
export const JOURNAL_ROOMY_PERCENT = 60;
/** Nothing was recorded and nobody waits for this long before a part of the media is looked over. */
export const CHECK_QUIET_MS = 5_000;
/** Time between two segments that are looked over. */
export const CHECK_PACE_MS = 250;
/** Records about single segments in one round; the record of the round counts what more was found. */
export const CHECK_RECORDS_PER_ROUND = 8;
/** After the storage has failed the media are not looked over for this long. */
export const CHECK_PAUSE_MS = 86_400_000;
/** Ranges of destroyed records that the state names; the last one is widened by more. */
export const LOST_RANGES_MAX = 4;
/** Work of one recovery, in pieces of 64 bytes checked; beyond it the journal opens for reading only. */
export const RECOVERY_STEPS_MAX = 65_536;

/** Pieces out of files, of at most `BATCH_RECORDS_MAX` records, that a stream keeps until they connect. */
export const ASIDE_PIECES_MAX = 2_048;
/** Segments that a search through a dump keeps in mind: a dump of 4 GiB at the usual size. */
export const SALVAGE_SEGMENTS_MAX = 262_144;
/** Runs of records without their segment's header that it keeps in mind. */
export const SALVAGE_ISLANDS_MAX = 131_072;

/** One MQTT message of ours, either direction. */
export const MESSAGE_BYTES_MAX = 16_384;
/** One MQTT packet as the embedded broker takes it: a message of ours with its topic, and room to spare. */
export const PACKET_BYTES_MAX = 32_768;
/** Records in one BATCH. */
export const BATCH_RECORDS_MAX = 50;
/** Batches sent and not yet acknowledged. */
export const BATCH_WINDOW_MAX = 4;
/** Messages that a host holds between the broker and its database; more are dropped and sent again. */
export const INBOUND_MESSAGES_MAX = 20_000;
/** Messages that a host commits together. */
export const COMMIT_MESSAGES_MAX = 200;
/** Batches of one stream that came before the ones they follow and are held for them. */
export const EARLY_BATCHES_MAX = BATCH_WINDOW_MAX;
/** The same over all streams of one host process. */
export const EARLY_BATCHES_TOTAL_MAX = 1_024;
/** A stream is asked for the same missing records at most once in this time. */
export const NAK_INTERVAL_MS = 1_000;
/** How long a one-time enrolment code can be used. */
export const ENROLMENT_VALID_S = 86_400;

/** Terminal and tenant identifiers: `[a-z0-9-]{4,32}`. */
export const ID_LENGTH_MIN = 4;
export const ID_LENGTH_MAX = 32;

/** Transactions whose outcome or reversal is open at the same time. */
export const OPEN_TRANSACTIONS_MAX = 24;
/** Open transactions at which new ones are refused; the rest is kept for late successes, which nobody can refuse. */
export const OPEN_SALES_MAX = 20;
/** Pre-authorisations that hold money at the same time; a hotel with more has more terminals. */
export const HOLDS_MAX = 12;
/** Sales that wait for a tip at the same time; a waiter's evening. Beyond it no tip can be added to a further sale. */
export const OPEN_TIPS_MAX = 40;
/** Prints owed at the same time; what is due beyond it is not owed by itself and can be printed as a copy. */
export const PRINT_DEBTS_MAX = 64;
/** Marked copies of one document. */
export const PRINT_COPIES_MAX = 99;
/** Prints owed at which new sales are refused until paper is back; the rest is kept for settling and closing. */
export const PRINT_DEBTS_SELLING_MAX = 56;
/** Scheme groups that a settlement totals apart. */
export const SCHEME_GROUPS_MAX = 8;
/** Closed days and settlements whose sequence ranges stay in the state, for lists and reprints. */
export const CLOSED_PERIODS_MAX = 35;

/** Records looked back at after a start, to know a second charge of the same card. */
export const DUPLICATE_RECORDS_MAX = 512;
/** How long a question about one waits for its answer; then nothing is charged. */
export const DUPLICATE_ANSWER_S = 60;

/** Overrides in force at the same time; closing with exceptions needs none of them. */
export const OVERRIDES_MAX = 16;

/** Rows on one page of a daily list. */
export const LIST_PAGE_ROWS = 50;
/** One framed message between payment application and terminal, with its checksum. */
export const PAYMENT_FRAME_BYTES_MAX = 4_096;
/** Reversal attempts made at once; afterwards the reversal stays a blocker. */
export const REVERSAL_ATTEMPTS_MAX = 3;
/** Times one reminder may be put off. */
export const REMINDER_SNOOZES_MAX = 3;
/** Questions after one settlement that are journalled; asking on changes nothing and is not written down. */
export const SETTLE_ENQUIRY_RECORDS_MAX = 10;
/** Wall and monotonic time may drift apart by this much before it counts as a jump of the clock. */
export const CLOCK_DRIFT_SECONDS_MAX = 60;
/** Wrong PINs in a row before the PIN is locked, and how long it stays locked. */
export const PIN_FAILURES_MAX = 5;
export const PIN_LOCK_SECONDS = 300;
/** Rounds of PBKDF2 (RFC 8018) over a PIN: about half a second on the slowest terminal. */
export const PIN_ITERATIONS = 2_000;
export const PIN_LENGTH_MIN = 4;
export const PIN_LENGTH_MAX = 12;
/** Largest amount in minor units: 12 digits, ISO 8583 field 4. */
export const AMOUNT_MINOR_MAX = 999_999_999_999;

/** Bytes of one print block: what is sent to the printer and confirmed as one unit. */
export const PRINT_BLOCK_BYTES_MAX = 4_096;
/** Characters of one printed QR code: byte capacity of version 14 at error correction level M. */
export const QR_DATA_BYTES_MAX = 362;

/** One message of a pull, whatever carries it; in `pulled` it fits into a message of ours. */
export const PULL_MESSAGE_BYTES_MAX = 16_384;
/** Messages of a pull over the network that the host has not yet taken: few, so that the stream goes first. */
export const PULL_WINDOW_MAX = 2;
/** Digits of a technician's challenge and of its response. */
export const SERVICE_DIGITS = 8;
/** How long a challenge can be answered, and how long the menu stays open without a key. */
export const SERVICE_CHALLENGE_VALID_S = 900;
export const SERVICE_SESSION_S = 600;
/** Wrong responses in a row before the menu is locked, and how long it stays locked. */
export const SERVICE_FAILURES_MAX = 5;
export const SERVICE_LOCK_S = 900;
