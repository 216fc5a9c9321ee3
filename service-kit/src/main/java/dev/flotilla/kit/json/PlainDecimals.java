package dev.flotilla.kit.json;

import jakarta.json.JsonNumber;
import jakarta.json.bind.serializer.JsonbSerializer;
import jakarta.json.bind.serializer.SerializationContext;
import jakarta.json.stream.JsonGenerator;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Writes decimals as people write them: 0.000000602 and never 6.02E-7, which is valid JSON and
 * which readers of money take for something else.
 */
final class PlainDecimals implements JsonbSerializer<BigDecimal> {
  @Override
  public void serialize(BigDecimal number, JsonGenerator out, SerializationContext context) {
    out.write(new Plain(number));
  }

  /** A JSON number whose text we decide: a generator asks for nothing else. */
  private record Plain(BigDecimal number) implements JsonNumber {
    @Override
    public String toString() {
      return number.toPlainString();
    }

    @Override
    public ValueType getValueType() {
      return ValueType.NUMBER;
    }

    @Override
    public boolean isIntegral() {
      return number.scale() <= 0;
    }

    @Override
    public int intValue() {
      return number.intValue();
    }

    @Override
    public int intValueExact() {
      return number.intValueExact();
    }

    @Override
    public long longValue() {
      return number.longValue();
    }

    @Override
    public long longValueExact() {
      return number.longValueExact();
    }

    @Override
    public BigInteger bigIntegerValue() {
      return number.toBigInteger();
    }

    @Override
    public BigInteger bigIntegerValueExact() {
      return number.toBigIntegerExact();
    }

    @Override
    public double doubleValue() {
      return number.doubleValue();
    }

    @Override
    public BigDecimal bigDecimalValue() {
      return number;
    }
  }
}
