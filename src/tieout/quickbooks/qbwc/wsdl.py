"""The description of our service, written from the table of methods.

Document/literal wrapped, all texts optional; serverVersion has no parameter, because real
traffic sends none (observed). The Web Connector itself does not read it; tools and people do.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tieout.quickbooks.errors import LocalError
from tieout.quickbooks.qbwc.calls import METHODS, NAMESPACE, Method

SERVICE: Final = "QBWebConnectorSvc"
PORT: Final = "QBWebConnectorSvcSoap"
_TYPES: Final = {"string": "xs:string", "int": "xs:int", "strings": "tns:ArrayOfString"}


class WsdlRefused(LocalError):
    """A service description needs the absolute address of the service."""

    remedy = "Set the public address of this server."


def render_wsdl(*, service_url: str) -> bytes:
    """The WSDL 1.1 document whose port points to `service_url`; raises WsdlRefused without one."""
    if not service_url.startswith(("https://", "http://")):
        raise WsdlRefused
    methods = [method for method in METHODS.values() if method.described]
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"',
        '    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"',
        '    xmlns:xs="http://www.w3.org/2001/XMLSchema"',
        f'    xmlns:tns="{NAMESPACE}" targetNamespace="{NAMESPACE}">',
        *_types(methods),
        *(line for method in methods for line in _messages(method)),
        *_port_type(methods),
        *_binding(methods),
        f'  <wsdl:service name="{SERVICE}">',
        f'    <wsdl:port name="{PORT}" binding="tns:{PORT}">',
        f'      <soap:address location="{_attribute(service_url)}"/>',
        "    </wsdl:port>",
        "  </wsdl:service>",
        "</wsdl:definitions>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _types(methods: Iterable[Method]) -> list[str]:
    return [
        "  <wsdl:types>",
        f'    <xs:schema elementFormDefault="qualified" targetNamespace="{NAMESPACE}">',
        '      <xs:complexType name="ArrayOfString">',
        "        <xs:sequence>",
        '          <xs:element name="string" type="xs:string" nillable="true"'
        ' minOccurs="0" maxOccurs="unbounded"/>',
        "        </xs:sequence>",
        "      </xs:complexType>",
        *(line for method in methods for line in _elements(method)),
        "    </xs:schema>",
        "  </wsdl:types>",
    ]


def _elements(method: Method) -> list[str]:
    """The call's wrapper and the answer's."""
    parameters = [
        _part(name, "int" if name in method.integers else "string") for name in method.parameters
    ]
    result = [_part(f"{method.name}Result", method.result)]
    return [*_wrapper(method.name, parameters), *_wrapper(f"{method.name}Response", result)]


def _wrapper(name: str, parts: list[str]) -> list[str]:
    sequence = ["          <xs:sequence>", *parts, "          </xs:sequence>"]
    return [
        f'      <xs:element name="{name}">',
        "        <xs:complexType>",
        *(sequence if parts else ["          <xs:sequence/>"]),
        "        </xs:complexType>",
        "      </xs:element>",
    ]


def _part(name: str, kind: str) -> str:
    least = 1 if kind == "int" else 0
    return (
        f'            <xs:element name="{name}" type="{_TYPES[kind]}"'
        f' minOccurs="{least}" maxOccurs="1"/>'
    )


def _messages(method: Method) -> list[str]:
    return [
        line
        for suffix, element in (("In", method.name), ("Out", f"{method.name}Response"))
        for line in (
            f'  <wsdl:message name="{method.name}Soap{suffix}">',
            f'    <wsdl:part name="parameters" element="tns:{element}"/>',
            "  </wsdl:message>",
        )
    ]


def _port_type(methods: Iterable[Method]) -> list[str]:
    operations = [
        line
        for method in methods
        for line in (
            f'    <wsdl:operation name="{method.name}">',
            f'      <wsdl:input message="tns:{method.name}SoapIn"/>',
            f'      <wsdl:output message="tns:{method.name}SoapOut"/>',
            "    </wsdl:operation>",
        )
    ]
    return [f'  <wsdl:portType name="{PORT}">', *operations, "  </wsdl:portType>"]


def _binding(methods: Iterable[Method]) -> list[str]:
    body = '<soap:body use="literal"/>'
    operations = [
        line
        for method in methods
        for line in (
            f'    <wsdl:operation name="{method.name}">',
            f'      <soap:operation soapAction="{NAMESPACE}{method.name}" style="document"/>',
            f"      <wsdl:input>{body}</wsdl:input>",
            f"      <wsdl:output>{body}</wsdl:output>",
            "    </wsdl:operation>",
        )
    ]
    return [
        f'  <wsdl:binding name="{PORT}" type="tns:{PORT}">',
        '    <soap:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>',
        *operations,
        "  </wsdl:binding>",
    ]


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
