import { isMapping, oneOf, type Problem, prependPath } from "../../common/problem";
import { problemOf } from "./conflict-words";
import { describeProp, isToken } from "./format-problem";
import { type Construct, type IConstruct, TerraformProvider, TerraformStack } from "./framework";
import { tagSetConflicts } from "./model/access-consistency";
import { LEVELS } from "./model/access-level";
import { ACCOUNT_ID, TAG_KEY, TAG_VALUE, type TextLimit } from "./model/limits";
import { ACCESS_PROPERTIES, type Properties, type Property, type Value } from "./model/properties";
import { UNTIL } from "./model/until";
import type { SupportAppAccessProps } from "./support-app-access";

/** Finds the problems of a value on its own. */
export type PropertyCheck = (value: unknown) => Problem[];

/** Checks each property, and refuses any other, for callers without type checks. */
export function propProblems(props: object, checks: Readonly<Record<string, PropertyCheck>>): Problem[] {
  const properties = Object.keys(checks);
  const unknown = Object.keys(props).filter((property) => !properties.includes(property));
  const knownProperties = `one of the properties ${properties.join(", ")}`;
  return [
    ...unknown.flatMap((property) => prependPath([property], unexpected(property, knownProperties))),
    ...Object.entries(checks).flatMap(([property, check]) =>
      prependPath([property], check((props as Readonly<Record<string, unknown>>)[property])),
    ),
  ];
}

function unexpected(value: unknown, expected: string): Problem[] {
  return [{ path: [], message: `received ${describeProp(value)}, expected ${expected}.` }];
}

function expecting(expected: string, isValid: (value: unknown) => boolean): PropertyCheck {
  return (value) => (isValid(value) ? [] : unexpected(value, expected));
}

/** A value that may be left out. */
export function optional(check: PropertyCheck): PropertyCheck {
  return (value) => (value === undefined ? [] : check(value));
}

/** A value that may also be a token, which isn't checked, since only Terraform will know it. */
function orToken(check: PropertyCheck): PropertyCheck {
  return (value) => (isToken(value) ? [] : check(value));
}

/** A text, or a token. */
export function textCheck(limit: TextLimit): PropertyCheck {
  return orToken(knownText(limit));
}

function knownText({ pattern, expected }: TextLimit): PropertyCheck {
  return expecting(expected, (value) => typeof value === "string" && pattern.test(value));
}

function choiceCheck(choices: readonly string[], expected = oneOf(choices)): PropertyCheck {
  return expecting(expected, (value) => choices.includes(value as string));
}

/** The check of a property: what becomes an argument as it is may be known only later, but what decides the access may not. */
export function checkOf(property: Property): PropertyCheck {
  const check = property.argument === undefined ? checkOfValue(property) : orToken(checkOfValue(property));
  return property.required ? check : optional(check);
}

function checkOfValue(value: Value): PropertyCheck {
  switch (value.kind) {
    case "text":
      return knownText(value.limit);
    case "end":
      return knownText(UNTIL);
    case "choice":
      return choiceCheck(value.of, value.expected);
    case "integer": {
      const { min, max, expected } = value.limit;
      return expecting(
        expected,
        (number) => Number.isInteger(number) && Number(number) >= min && Number(number) <= max,
      );
    }
    case "flag":
      return expecting("true or false", (flag) => typeof flag === "boolean");
    case "tags":
      return tagProblems;
    case "list":
      return listCheck(checkOfValue(value.item), value.expected);
    case "mapping":
      return mappingCheck(checksOf(value.properties), value.expected ?? "a mapping");
    case "demand":
    case "names":
    case "variants":
      throw new Error(`No construct has a property with ${value.kind}.`);
  }
}

/** The check of each property. */
export function checksOf<P extends Properties>(properties: P): Readonly<Record<keyof P, PropertyCheck>> {
  const checks = Object.entries(properties).map(([name, property]) => [name, checkOf(property)]);
  return Object.fromEntries(checks) as Record<keyof P, PropertyCheck>;
}

function listCheck(item: PropertyCheck, expected: string): PropertyCheck {
  return (value) =>
    Array.isArray(value) && !isToken(value)
      ? Array.from(value, (element, index) => prependPath([index], item(element))).flat()
      : unexpected(value, expected);
}

function mappingCheck(checks: Readonly<Record<string, PropertyCheck>>, expected: string): PropertyCheck {
  return (value) => (isMapping(value) ? propProblems(value, checks) : unexpected(value, expected));
}

/** An element of the construct's own stack: Terraform finds no other. */
export function inStackOf(
  construct: Construct,
  expected: string,
  isExpected: (value: unknown) => value is IConstruct,
): PropertyCheck {
  const stack = TerraformStack.of(construct);
  return (value) => {
    if (!isExpected(value)) return unexpected(value, expected);
    if (TerraformStack.of(value) === stack) return [];
    return unexpected(value, `${expected} of the construct's own stack, ${describeProp(stack.node.path)}`);
  };
}

/** The account of a construct. */
export interface ProviderProps {
  /**
   * The provider of the account, in the same stack.
   *
   * @default - the stack's default AWS provider
   */
  readonly provider?: TerraformProvider;
}

/** The provider of a construct. */
export function providerOf(construct: Construct): PropertyCheck {
  const isAws = (value: unknown): value is TerraformProvider =>
    TerraformProvider.isTerraformProvider(value) && value.terraformResourceType === "aws";
  return optional(inStackOf(construct, "an AwsProvider", isAws));
}

function tagProblems(tags: unknown): Problem[] {
  if (!isMapping(tags)) return unexpected(tags, "a mapping of tag keys to tag values");
  const ofEach = Object.entries(tags).flatMap(([key, value]) =>
    prependPath([key], [...knownText(TAG_KEY)(key), ...textCheck(TAG_VALUE)(value)]),
  );
  return [...ofEach, ...tagSetConflicts(tags).map((conflict) => problemOf(conflict))];
}

/** The properties of an access but its provider. */
export const ACCESS_CHECKS: Readonly<Record<Exclude<keyof SupportAppAccessProps, "provider">, PropertyCheck>> = {
  access: choiceCheck(LEVELS),
  ...checksOf(ACCESS_PROPERTIES),
  account: optional(textCheck(ACCOUNT_ID)),
};
