import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { formatValue, toText } from '../api/common/formatValue';
import { isEmpty } from '../api/common/json';
import { parseBoolean, parseWholeNumber } from '../api/common/scalars';
import type { Resource } from '../api/schema/resources';
import { InvalidInput } from '../api/common/invalidInput';

/** The first choice is the default. */
type Choices<Choice extends string> = readonly [Choice, ...Choice[]];

/**
 * The parameters of a node, read one by one. The file that shows a parameter also has the function that reads it.
 * The functions `read…` and `parse…` that take a label throw InvalidInput that names the parameter.
 */
export class ParameterReader {
	private readonly options: IDataObject;

	/** @param readParameter gives the value of a parameter, expressions resolved */
	constructor(
		readonly readParameter: (name: string, fallback?: unknown, extractValue?: boolean) => unknown,
		readonly resource: Resource,
	) {
		this.options = this.readParameter('options', {}) as IDataObject;
	}

	/** Reads a choice, as `parseChoice`. */
	readChoice<Choice extends string>(name: string, label: string, choices: Choices<Choice>): Choice {
		return parseChoice(label, this.readParameter(name, ''), choices);
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
		index: number,
		readonly input: INodeExecutionData,
		resource: Resource,
	) {
		super(
			(name, fallback, extractValue) =>
				context.getNodeParameter(name, index, fallback as object, { extractValue }),
			resource,
		);
	}
}

/** Checks the choice of a list, in upper or lower case. A misspelt one, given by an expression, must not mean the default. */
export function parseChoice<Choice extends string>(
	label: string,
	value: unknown,
	choices: Choices<Choice>,
): Choice {
	if (isEmpty(value)) return choices[0];
	const text = toText(value).trim().toLowerCase();
	const choice = choices.find((one) => one.toLowerCase() === text);
	if (choice !== undefined) return choice;
	throw new InvalidInput(
		`"${formatValue(value)}" is not a valid value for '${label}'`,
		`Choose one from the list. An expression must give one of: ${choices.join(', ')}.`,
	);
}

/** Checks a switch: true or false, also as `parseBoolean` takes them. Without a value it is off. */
export function parseFlag(label: string, value: unknown): boolean {
	const flag = isEmpty(value) ? false : parseBoolean(value);
	if (flag !== undefined) return flag;
	throw new InvalidInput(
		`'${label}' must be true or false, but is "${formatValue(value)}"`,
		'Switch it on or off, or let the expression give true or false.',
	);
}

/** Checks a whole number of at least `min`, also as text. Without a value it is `fallback`. */
export function parseCount(label: string, value: unknown, fallback: number, min: number): number {
	if (isEmpty(value)) return fallback;
	const count = parseWholeNumber(value, min);
	if (count !== undefined) return count;
	throw new InvalidInput(
		`'${label}' must be a whole number of at least ${min}, but is "${formatValue(value)}"`,
		`Enter a whole number, e.g. ${fallback}.`,
	);
}
