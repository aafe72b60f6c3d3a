import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { ANY_REQUEST, ANY_VIEW, RESOURCES, type Resource } from '../api/catalog';
import { InvalidInput } from '../api/errors';
import { alphabetically } from '../parameters/wording';
import { create } from './create';
import { get } from './get';
import { getAll } from './getAll';
import { lookUp } from './lookUp';
import type { AnyOperation } from './operation';
import { request } from './request';
import { update } from './update';
import { upsert } from './upsert';

/** Every resource of the node, by their English names. */
export const ALL_RESOURCES: readonly Resource[] = [...RESOURCES, ANY_REQUEST, ANY_VIEW].sort(
	(a, b) => alphabetically(a.name, b.name),
);

/** Every operation, by their English names. A new one is a file of its own and a line here. */
export const OPERATIONS: readonly AnyOperation[] = [
	create,
	upsert,
	get,
	getAll,
	lookUp,
	request,
	update,
];

const offered = ({ value }: Resource): AnyOperation[] =>
	OPERATIONS.filter((operation) => operation.offeredBy(resourceOf(value)));

export function resourceOf(value: string): Resource {
	const resource = ALL_RESOURCES.find((one) => one.value === value);
	if (resource) return resource;
	throw new InvalidInput(`The Resource "${value}" does not exist`, 'Choose one from the list.');
}

export function operationOf(resource: Resource, value: string): AnyOperation {
	const operation = offered(resource).find((one) => one.value === value);
	if (operation) return operation;
	throw new InvalidInput(
		`The Operation "${value}" does not exist for ${resource.plural}`,
		'Choose one from the list.',
	);
}

const operationParameter = (resource: Resource): INodeProperties => {
	const operations = offered(resource);
	const { value: usual } = operations.find(({ value }) => value === 'getAll') ?? operations[0];
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
		default: usual,
	};
};

const resourceParameter: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: ALL_RESOURCES.map(({ name, value }) => ({ name, value })),
	default: 'job',
};

/** All parameters of the node, made from the catalog and the operations. */
export const parameters: INodeProperties[] = [
	resourceParameter,
	...ALL_RESOURCES.map(operationParameter),
	...OPERATIONS.flatMap((operation) => {
		const resources = ALL_RESOURCES.filter((resource) => operation.offeredBy(resource));
		const show = { operation: [operation.value] };
		return operation.parameters(resources).map((parameter) => {
			const everywhere = parameter.displayOptions?.show?.resource === undefined;
			const where = everywhere ? { ...show, resource: resources.map(({ value }) => value) } : show;
			return updateDisplayOptions({ show: where }, [parameter])[0];
		});
	}),
];
