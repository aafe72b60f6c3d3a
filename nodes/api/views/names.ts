import { formatValue } from '../common/formatValue';
import { isObjectOrList } from '../common/json';
import { InvalidInput } from '../common/invalidInput';

const COLUMN_NAME = /^[\p{L}_][\p{L}\p{M}\p{N}_.-]*$/u;

/** Longer names are no server's own, and cost time to compare. */
const MAX_NAME_LENGTH = 200;

/** Whether a text may stand as a column name in a filter or a list. */
export const isColumnName = (text: string): boolean =>
	text.length <= MAX_NAME_LENGTH && COLUMN_NAME.test(text);

/**
 * A column name, checked so that it cannot break out of a filter or a list.
 *
 * @param where the parameter it comes from, for the message
 * @throws InvalidInput when it is too long, or has quotes, spaces, commas or the like
 */
export function parseColumnName(value: unknown, where: string): string {
	const name = isObjectOrList(value) ? formatValue(value) : String(value ?? '').trim();
	if (!name) {
		throw new InvalidInput(`${where} is empty`, 'Enter the name of a column, e.g. status.');
	}
	if (!isColumnName(name)) {
		throw new InvalidInput(
			`${where}, "${formatValue(name)}", is not a column name`,
			`A column name has letters, digits, dots, hyphens and underscores only, at most ${MAX_NAME_LENGTH}, e.g. status or properties.name.`,
		);
	}
	return name;
}

/**
 * Column names from a list or a comma-separated text; undefined when there are none.
 *
 * @param where the parameter they come from, for the message
 * @throws InvalidInput when one is no column name
 */
export function parseColumnNames(value: unknown, where: string): string[] | undefined {
	const names = typeof value === 'string' ? value.split(',') : [value ?? []].flat();
	const checked = names
		.filter((name) => !(typeof name === 'string' && name.trim() === ''))
		.map((name) => parseColumnName(name, where));
	return checked.length ? [...new Set(checked)] : undefined;
}

/**
 * The name of a view, which the account may have configured itself, e.g. `jobs.overbudget`.
 *
 * @param where the parameter it comes from, for the message
 * @throws InvalidInput when it cannot stand in a path
 */
export function parseViewName(value: unknown, where: string): string {
	const name = typeof value === 'string' ? value.trim().replace(/^views\//, '') : '';
	if (name.length > MAX_NAME_LENGTH || !/^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]*$/u.test(name)) {
		throw new InvalidInput(
			name ? `${where}, "${formatValue(name)}", is not the name of a view` : `${where} is empty`,
			'Enter the name as it is used in addresses, with dots, e.g. jobs or invoices.sales.',
		);
	}
	return name;
}
