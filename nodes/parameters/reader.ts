import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { formatValue } from '../api/formatValue';
import type { Resource } from '../api/schema/catalog';
import { InvalidInput } from '../api/transport/errors';

/** Whether a parameter or field has no value: undefined, null or an empty text. */
export const isEmpty = (value: unknown): boolean =>
	value === undefined || value === null || value === '';

/** As `isEmpty`, and a text of nothing but white space is no value either. */
export const isBlankText = (value: unknown): boolean =>
	isEmpty(typeof value === 'string' ? value.trim() : value);

/** The parameters of a node, read one by one. What they mean is checked beside what shows them. */
export class ParameterReader {
	private readonly options: IDataObject;

	/**
	 * @param readParameter gives the value of a parameter, expressions resolved
	 * @param resource the chosen one; of a trigger the one with every view
	 */
	constructor(
		readonly readParameter: (name: string, fallback?: unknown, extractValue?: boolean) => unknown,
		readonly resource: Resource,
	) {
		this.options = this.readParameter('options', {}) as IDataObject;
	}

	readText(name: string): string {
		const value = this.readParameter(name, '');
		return typeof value === 'string' ? value : String(value ?? '');
	}

	/** An entry of the collection Options. */
	readOption(name: string): unknown {
		return this.options[name];
	}
}

/** An input item and the parameters of the action node for it. */
export class ItemParameters extends ParameterReader {
	constructor(
		readonly context: IExecuteFunctions,
		readonly index: number,
		readonly input: INodeExecutionData,
		resource: Resource,
	) {
		super(
			(name, fallback, extractValue) =>
				context.getNodeParameter(
					name,
					index,
					fallback as object,
					extractValue ? { extractValue } : undefined,
				),
			resource,
		);
	}
}

/**
 * Checks the choice of a list. The editor offers no other value, but an expression may give any, and a
 * misspelt one must not mean the default.
 *
 * @param choices the first one is the default
 * @throws InvalidInput for a value that is none of the choices in any case
 */
export function parseChoice<Choice extends string>(
	label: string,
	value: unknown,
	choices: readonly [Choice, ...Choice[]],
): Choice {
	if (isEmpty(value)) return choices[0];
	const text = String(value).trim().toLowerCase();
	const choice = choices.find((one) => one.toLowerCase() === text);
	if (choice !== undefined) return choice;
	throw new InvalidInput(
		`"${formatValue(value)}" is not a valid value for '${label}'`,
		`Choose one from the list. An expression must give one of: ${choices.join(', ')}.`,
	);
}

/**
 * Checks a switch. It is off without a value.
 *
 * @throws InvalidInput for a value that is not true or false, as a boolean or as text
 */
export function parseFlag(label: string, value: unknown): boolean {
	if (isEmpty(value)) return false;
	const text = String(value).trim().toLowerCase();
	if (text === 'true' || text === 'false') return text === 'true';
	throw new InvalidInput(
		`'${label}' must be true or false, but is "${formatValue(value)}"`,
		'Switch it on or off, or let the expression give true or false.',
	);
}

/**
 * Checks a whole number, given as a number or as text.
 *
 * @param fallback the number without a value
 * @throws InvalidInput for a value that is not a whole number or is below `min`
 */
export function parseCount(label: string, value: unknown, fallback: number, min: number): number {
	if (isEmpty(value)) return fallback;
	const isCount = typeof value === 'number' || /^\s*\d+\s*$/.test(formatValue(value));
	const number = Number(value);
	if (isCount && Number.isSafeInteger(number) && number >= min) return number;
	throw new InvalidInput(
		`'${label}' must be a whole number of at least ${min}, but is "${formatValue(value)}"`,
		`Enter a whole number, e.g. ${fallback}.`,
	);
}
