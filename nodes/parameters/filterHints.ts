import type { ValueType } from '../api/views/filter';

/** What a value was probably meant to be. */
export interface FilterHint {
	text: string;
	/** True where it is worth telling even if something was found. */
	always: boolean;
}

const NUMBERS_AS_TEXT =
	"Nothing was found, and numbers were compared as text. If the column contains numbers, such as IDs, set 'Value Type' to Number.";

const BOOLEANS_AS_TEXT =
	"Nothing was found, and true or false was compared as text. If the column contains such values, set 'Value Type' to Boolean.";

const TIMES_OF_DAY =
	'Nothing was found, and a date was compared with its time of day. If the column contains days, use e.g. {{ $today.toISODate() }}.';

const DATES_AS_TEXT =
	'A date was compared as the text it is written as. If the column contains dates as 2026-11-30, write it so, or use e.g. {{ $today.toISODate() }}.';

/** By how the text looks; the first that fits. */
const FILTER_HINTS: ReadonlyArray<FilterHint & { looks: RegExp }> = [
	{ looks: /^\s*\d+\s*$/, text: NUMBERS_AS_TEXT, always: false },
	{ looks: /^\s*(true|false)\s*$/i, text: BOOLEANS_AS_TEXT, always: false },
	{ looks: /^\d{4}-\d{2}-\d{2}T/, text: TIMES_OF_DAY, always: false },
	{ looks: /^\s*\d{1,2}([./])\s?\d{1,2}\1\s?\d{4}\s*$/, text: DATES_AS_TEXT, always: true },
];

/**
 * What values compared as text were probably meant to be. Nothing is refused for it: codes may look
 * like numbers, and how a view writes dates is UNKNOWN.
 */
export const findFilterHint = (type: ValueType, values: unknown[]): FilterHint | undefined =>
	type === 'string'
		? FILTER_HINTS.find(({ looks }) => values.some((value) => looks.test(String(value))))
		: undefined;

/** For a filter by conditions that fits nothing and has no hint of its own. */
export const NO_RESULTS_HINT =
	'No record meets the filters. Values are compared exactly as Teamogy stores them: without the filters you see how that is.';
