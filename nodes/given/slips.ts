import type { ValueType } from '../api/filter';

const NUMBERS_AS_TEXT =
	"Nothing was found, and numbers were compared as text. If the column contains numbers, such as IDs, set 'Value Type' to Number.";

const TIMES_OF_DAY =
	'Nothing was found, and a date was compared with its time of day. If the column contains days, use e.g. {{ $today.toISODate() }}.';

/**
 * What values compared as text were probably meant to be: to be told if nothing is found, since it is
 * right for codes that look like numbers.
 */
export function slipIn(type: ValueType, values: unknown[]): string | undefined {
	const some = (pattern: RegExp) => values.some((value) => pattern.test(String(value)));
	if (type !== 'string') return undefined;
	if (some(/^\s*\d+\s*$/)) return NUMBERS_AS_TEXT;
	return some(/^\d{4}-\d{2}-\d{2}T/) ? TIMES_OF_DAY : undefined;
}
