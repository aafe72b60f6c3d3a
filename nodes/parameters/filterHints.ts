import type { ValueType } from '../api/views/filter';

/** Says what a value in a filter probably means. */
export interface FilterHint {
	text: string;
	/** Whether the hint is shown even if records were found. */
	always: boolean;
}

const NUMBERS_AS_TEXT =
	"Nothing was found, and numbers were compared as text. If the column contains numbers, such as IDs, set 'Value Type' to Number.";

const BOOLEANS_AS_TEXT =
	"Nothing was found, and true or false was compared as text. If the column contains such values, set 'Value Type' to Boolean.";

const TIMES_OF_DAY =
	'Nothing was found, and a date was compared with its time of day. If the column contains days, use e.g. {{ $today.toISODate() }}.';

const DATES_AS_TEXT =
	'A date was compared as text. If the column contains dates like 2026-11-30, write the date in that form, or use e.g. {{ $today.toISODate() }}.';

/** The hints by how a value looks. The first that fits is used. */
const FILTER_HINTS: ReadonlyArray<FilterHint & { looks: RegExp }> = [
	{ looks: /^\s*\d+\s*$/, text: NUMBERS_AS_TEXT, always: false },
	{ looks: /^\s*(true|false)\s*$/i, text: BOOLEANS_AS_TEXT, always: false },
	{ looks: /^\d{4}-\d{2}-\d{2}T/, text: TIMES_OF_DAY, always: false },
	{ looks: /^\s*\d{1,2}([./])\s?\d{1,2}\1\s?\d{4}\s*$/, text: DATES_AS_TEXT, always: true },
];

/**
 * Finds what values that are compared as text probably mean. Such values are not refused: codes may look
 * like numbers, and how a view writes dates is UNKNOWN.
 */
export const findFilterHint = (type: ValueType, values: unknown[]): FilterHint | undefined =>
	type === 'string'
		? FILTER_HINTS.find(({ looks }) => values.some((value) => looks.test(String(value))))
		: undefined;

/** The hint for a filter without results and without a hint of its own. */
export const NO_RESULTS_HINT =
	'No record meets the filters. Values are compared exactly as Teamogy stores them. Run the node without the filters to see the stored values.';
