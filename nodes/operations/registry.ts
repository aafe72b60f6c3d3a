import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { formatValue } from '../api/common/formatValue';
import { ALL_RESOURCES, type Resource } from '../api/schema/resources';
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

const listOperations = (resource: Resource): Operation<unknown>[] =>
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

const buildOperationParameter = (resource: Resource): INodeProperties => {
	const operations = listOperations(resource);
	const { value: defaultOperation } =
		operations.find(({ value }) => value === 'getAll') ?? operations[0];
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource.value] } },
		options: operations.map((operation) => ({
			name: operation.name,
			value: operation.value,
			...operation.describe(resource),
		})),
		default: defaultOperation,
	};
};

const resourceParameter: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: ALL_RESOURCES.map(({ name, value, description }) => ({ name, value, description })),
	default: 'job',
};

/** All parameters of the node, built from the catalog and the operations. */
export const parameters: INodeProperties[] = [
	resourceParameter,
	...ALL_RESOURCES.map(buildOperationParameter),
	...OPERATIONS.flatMap((operation) => {
		const resources = ALL_RESOURCES.filter((resource) => operation.isOfferedBy(resource));
		const show = { operation: [operation.value] };
		return operation.parameters(resources).flatMap((parameter) => {
			const isForAll = parameter.displayOptions?.show?.resource === undefined;
			const showForAll = { ...show, resource: resources.map(({ value }) => value) };
			return updateDisplayOptions({ show: isForAll ? showForAll : show }, [parameter]);
		});
	}),
];
