import { formatValue } from '../api/common/formatValue';
import type { Resource } from '../api/schema/resources';
import { InvalidInput } from '../api/common/invalidInput';
import { apiRequest } from './apiRequest';
import { create } from './create';
import { get } from './get';
import { getAll } from './getAll';
import { lookUp } from './lookUp';
import type { Operation } from './operation';
import { update } from './update';
import { upsert } from './upsert/upsert';

/** Every operation, in the order of their names. */
export const OPERATIONS: readonly Operation<unknown>[] = [
	create,
	upsert,
	get,
	getAll,
	lookUp,
	apiRequest,
	update,
];

/** The operations that a resource offers. */
export const listOperations = (resource: Resource): Operation<unknown>[] =>
	OPERATIONS.filter((operation) => operation.isOfferedBy(resource));

/** @throws InvalidInput when the resource does not have the operation */
export function findOperation(resource: Resource, value: string): Operation<unknown> {
	const operation = listOperations(resource).find((one) => one.value === value);
	if (operation) return operation;
	throw new InvalidInput(
		`The Operation "${formatValue(value)}" does not exist for ${resource.plural}`,
		`Choose one of: ${listOperations(resource)
			.map((one) => one.value)
			.join(', ')}.`,
	);
}
