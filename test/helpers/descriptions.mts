import type {
	ICredentialType,
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
	INodeTypeDescription,
} from 'n8n-workflow';
import { startEngine, type Engine } from '../engine/index.mts';

/** Every parameter of a list, those within collections too, with its path. */
export function* listParameters(
	properties: INodeProperties[],
	prefix = '',
): Generator<{ path: string; parameter: INodeProperties }> {
	for (const parameter of properties) {
		const path = `${prefix}${parameter.name}`;
		yield { path, parameter };
		const options = parameter.options ?? [];
		if (parameter.type === 'collection') {
			yield* listParameters(options as INodeProperties[], `${path}.`);
		}
		if (parameter.type === 'fixedCollection') {
			for (const { name, values } of options as INodePropertyCollection[])
				yield* listParameters(values, `${path}.${name}.`);
		}
	}
}

/** The choices of a parameter, where it has some. */
export const getChoices = ({ type, options = [] }: INodeProperties): INodePropertyOptions[] =>
	type === 'options' || type === 'multiOptions' ? (options as INodePropertyOptions[]) : [];

/** The operations of a node, with the resource each belongs to. */
export const listOperations = ({ properties }: INodeTypeDescription) =>
	properties
		.filter(({ name }) => name === 'operation')
		.flatMap((parameter) =>
			getChoices(parameter).map((option) => ({
				resource: String(parameter.displayOptions?.show?.resource?.[0]),
				option,
			})),
		);

/** Loads the built package for the tests of a file, and lists what is in it. */
export function useDescriptions() {
	const engine = {} as Engine;
	beforeAll(async () => void Object.assign(engine, await startEngine()));
	afterAll(() => engine.close());
	const nodeNames = (): string[] => Object.keys(engine.loader.known.nodes).sort();
	const credentialNames = (): string[] => Object.keys(engine.loader.known.credentials).sort();
	return {
		engine,
		nodeNames,
		credentialNames,
		nodes: (): INodeTypeDescription[] => nodeNames().map((name) => engine.description(name)),
		credentials: (): ICredentialType[] =>
			credentialNames().map((name) => engine.loader.getCredential(name).type),
	};
}
